-- Whether a column of texts holds numbers. {{relation}}, {{column}}. Columns: others (values that are none), decimals
-- (with a decimal point).
-- part relation: order_items
-- part column: product_id
SELECT count(*) FILTER (WHERE NOT regexp_full_match(trim(value), '[-+]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)([.][0-9]+)?')) AS others,
       count(*) FILTER (WHERE contains(value, '.')) AS decimals
FROM (SELECT CAST({{column}} AS VARCHAR) AS value FROM {{relation}} WHERE {{column}} IS NOT NULL)
