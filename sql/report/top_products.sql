-- The best products by revenue.
-- part kept: flags = 0
-- part most: 10
-- Columns: product, name, category, revenue, revenue_share, orders, customers.
WITH sums AS (SELECT product_id, sum(amount) AS revenue FROM order_lines WHERE {{kept}} GROUP BY product_id),
     best AS (SELECT product_id, revenue, revenue / (SELECT sum(revenue) FROM sums) AS revenue_share
              FROM sums WHERE product_id IS NOT NULL ORDER BY revenue DESC, product_id LIMIT {{most}}),
     reach AS (SELECT product_id, count(DISTINCT order_id) AS orders, count(DISTINCT customer_id) AS customers
               FROM order_lines WHERE {{kept}} AND product_id IN (SELECT product_id FROM best) GROUP BY product_id)
SELECT CAST(best.product_id AS VARCHAR) AS product, products.name, products.category, best.revenue,
       CAST(best.revenue_share AS DOUBLE) AS revenue_share, reach.orders, reach.customers
FROM best JOIN reach USING (product_id) LEFT JOIN products USING (product_id)
ORDER BY best.revenue DESC, best.product_id
