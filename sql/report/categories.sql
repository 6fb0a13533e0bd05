-- The best categories by revenue.
-- part kept: flags = 0
-- part most: 20
-- Columns: category, revenue, revenue_share, orders, customers.
WITH lines AS (SELECT coalesce(order_lines.category, products.category) AS category, order_id, customer_id, amount
               FROM order_lines LEFT JOIN products USING (product_id) WHERE {{kept}})
SELECT category, sum(amount) AS revenue,
       CAST(sum(amount) / sum(sum(amount)) OVER () AS DOUBLE) AS revenue_share,
       count(DISTINCT order_id) AS orders, count(DISTINCT customer_id) AS customers
FROM lines WHERE category IS NOT NULL
GROUP BY category ORDER BY revenue DESC, category LIMIT {{most}}
