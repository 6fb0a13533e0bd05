-- The best categories by revenue, with the sums of forgotten people.
-- part kept: flags = 0
-- part most: 20
-- Columns: category, revenue, revenue_share, orders, customers.
WITH lines AS (SELECT coalesce(order_lines.category, products.category) AS category, order_id, customer_id, amount
               FROM order_lines LEFT JOIN products USING (product_id) WHERE {{kept}}),
     sums AS (SELECT category, sum(amount) AS revenue, count(DISTINCT order_id) AS orders,
                     count(DISTINCT customer_id) AS customers
              FROM lines WHERE category IS NOT NULL GROUP BY category
              UNION ALL SELECT item, revenue, orders, customers FROM forgotten_totals WHERE scope = 'category')
SELECT category, CAST(sum(revenue) AS DECIMAL(38, 4)) AS revenue,
       CAST(sum(revenue) / sum(sum(revenue)) OVER () AS DOUBLE) AS revenue_share,
       CAST(sum(orders) AS BIGINT) AS orders, CAST(sum(customers) AS BIGINT) AS customers
FROM sums GROUP BY category ORDER BY sum(revenue) DESC, category LIMIT {{most}}
