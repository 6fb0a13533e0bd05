-- The span of an integer key. {{relation}}, {{column}}. Columns: least, most, n (not NULL).
-- part relation: order_items
-- part column: customer_id
SELECT min({{column}}) AS least, max({{column}}) AS most, count({{column}}) AS n FROM {{relation}}
