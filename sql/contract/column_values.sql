-- The values of a column that has few. {{relation}}, {{column}}. Columns: value.
-- part relation: order_items
-- part column: status
SELECT CAST({{column}} AS VARCHAR) AS value FROM {{relation}} WHERE {{column}} IS NOT NULL
GROUP BY ALL ORDER BY count(*) DESC, value LIMIT 25
