-- A relation for the queries on doubles: rows whose key comes twice, without those that repeat another one in every
-- column that was read.
-- part relation: order_items
-- part columns: order_id, product_id
-- part present: order_id IS NOT NULL AND product_id IS NOT NULL
(SELECT min(row_no) AS row_no, COLUMNS(name -> name NOT IN ('row_no', 'gy_file')) FROM {{relation}}
WHERE {{present}}
  AND ({{columns}}) IN (SELECT {{columns}} FROM {{relation}} WHERE {{present}} GROUP BY {{columns}} HAVING count(*) > 1)
GROUP BY ALL)
