-- What a column's values are like. {{relation}}, {{column}}. Columns: n, present, distincts (about).
-- part relation: order_items
-- part column: customer_id
SELECT count(*) AS n, count({{column}}) AS present, approx_count_distinct({{column}}) AS distincts FROM {{relation}}
