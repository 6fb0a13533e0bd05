-- The numbers of a column: ends, and what all but few in a hundred lie between. {{relation}}, {{column}}.
-- Columns: least, most, low, high.
-- part relation: order_items
-- part column: quantity
SELECT CAST(min({{column}}) AS DOUBLE) AS least, CAST(max({{column}}) AS DOUBLE) AS most,
       CAST(approx_quantile({{column}}, 0.01) AS DOUBLE) AS low, CAST(approx_quantile({{column}}, 0.99) AS DOUBLE) AS high
FROM {{relation}}
