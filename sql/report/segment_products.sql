-- The best products of every segment. $1 how many each.
-- part kept: flags = 0
-- part members: SELECT customer_id, 0 AS segment FROM profile_members
-- Columns: segment, product, name, revenue, customers, customer_share, lift.
WITH members AS ({{members}}),
     sizes AS (SELECT segment, count(*) AS members FROM members GROUP BY segment),
     lines AS (SELECT segment, customer_id, product_id, amount
               FROM order_lines JOIN members USING (customer_id) WHERE {{kept}} AND product_id IS NOT NULL),
     best AS (SELECT segment, product_id, sum(amount) AS revenue FROM lines GROUP BY segment, product_id
              QUALIFY row_number() OVER (PARTITION BY segment ORDER BY revenue DESC, product_id) <= $1),
     reach AS (SELECT segment, product_id, count(DISTINCT customer_id) AS customers
               FROM lines WHERE product_id IN (SELECT product_id FROM best) GROUP BY segment, product_id),
     everywhere AS (SELECT product_id, sum(customers) AS customers FROM reach GROUP BY product_id)
SELECT best.segment, CAST(best.product_id AS VARCHAR) AS product, products.name, best.revenue, reach.customers,
       reach.customers / sizes.members AS customer_share,
       (reach.customers / sizes.members) / (everywhere.customers / (SELECT sum(members) FROM sizes)) AS lift
FROM best JOIN reach USING (segment, product_id) JOIN everywhere USING (product_id) JOIN sizes USING (segment)
     LEFT JOIN products USING (product_id)
ORDER BY best.segment, best.revenue DESC, best.product_id
