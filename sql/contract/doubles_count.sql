-- Rows whose key another row had before. {{relation}}, {{columns}} of the key, {{present}}: all of them are there.
-- part relation: order_items
-- part columns: order_id, product_id
-- part present: order_id IS NOT NULL AND product_id IS NOT NULL
SELECT CAST(coalesce(sum(n - 1), 0) AS BIGINT) FROM (
  SELECT count(*) AS n FROM {{relation}} WHERE {{present}} GROUP BY {{columns}})
