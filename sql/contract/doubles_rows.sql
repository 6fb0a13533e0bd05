-- The same, row by row: of rows with one key the first is no double. {{value}} shows the key. Columns: row_no, value.
-- part value: concat_ws(', ', order_id, product_id)
-- part columns: order_id, product_id
-- part relation: order_items
-- part present: order_id IS NOT NULL AND product_id IS NOT NULL
SELECT row_no, value FROM (
  SELECT row_no, {{value}} AS value, row_number() OVER (PARTITION BY {{columns}} ORDER BY row_no) AS place
  FROM {{relation}} WHERE {{present}})
WHERE place > 1
