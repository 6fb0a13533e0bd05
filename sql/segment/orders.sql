-- Orders as rules see them, one row each: what the feature `orders` counts.
-- part orders: (flags & 103) = 0
-- part lines: order_lines
CREATE OR REPLACE TEMP VIEW segment_orders AS
SELECT customer_id, order_id, min(ordered_at) AS ordered_at, CAST(sum(amount) AS DECIMAL(18, 4)) AS amount,
  CAST(sum(quantity) AS DECIMAL(18, 4)) AS quantity, count(*) AS lines, count(DISTINCT product_id) AS products
FROM {{lines}} WHERE {{orders}} AND customer_id IS NOT NULL AND order_id IS NOT NULL
GROUP BY customer_id, order_id
