-- The best products by revenue, with the sums of forgotten people.
-- part kept: flags = 0
-- part most: 10
-- Columns: product, name, category, revenue, revenue_share, orders, customers.
WITH forgotten AS (SELECT cast_to_type(nullif(t.item, ''), l.product_id) AS product_id, t.revenue, t.orders, t.customers
                   FROM forgotten_totals AS t LEFT JOIN (SELECT product_id FROM order_lines LIMIT 0) AS l ON true
                   WHERE t.scope = 'product'),
     lines AS (SELECT product_id, sum(amount) AS revenue FROM order_lines WHERE {{kept}} GROUP BY product_id),
     sums AS (SELECT product_id, CAST(sum(revenue) AS DECIMAL(38, 4)) AS revenue
              FROM (SELECT * FROM lines UNION ALL SELECT product_id, revenue FROM forgotten) GROUP BY product_id),
     best AS (SELECT product_id, revenue, revenue / (SELECT sum(revenue) FROM sums) AS revenue_share
              FROM sums WHERE product_id IS NOT NULL ORDER BY revenue DESC, product_id LIMIT {{most}}),
     reach AS (SELECT product_id, count(DISTINCT order_id) AS orders, count(DISTINCT customer_id) AS customers
               FROM order_lines WHERE {{kept}} AND product_id IN (SELECT product_id FROM best) GROUP BY product_id)
SELECT CAST(best.product_id AS VARCHAR) AS product, products.name, products.category, best.revenue,
       CAST(best.revenue_share AS DOUBLE) AS revenue_share,
       coalesce(reach.orders, 0) + coalesce(forgotten.orders, 0) AS orders,
       coalesce(reach.customers, 0) + coalesce(forgotten.customers, 0) AS customers
FROM best LEFT JOIN reach USING (product_id) LEFT JOIN forgotten USING (product_id) LEFT JOIN products USING (product_id)
ORDER BY best.revenue DESC, best.product_id
