-- Orders by local month, with the sums of forgotten people. Columns: month (YYYY-MM), revenue, orders, customers,
-- new_customers, complete.
-- part counts: flags = 0
-- part makes_order: flags = 0
-- part local_time: ordered_at
-- part local_first: first_order_at
-- part local_as_of: TIMESTAMP '2020-01-01 00:00:00'
-- part first_orders: customer_features
WITH lines AS (SELECT date_trunc('month', {{local_time}}) AS month, order_id, customer_id, amount,
                      ({{makes_order}}) AS makes_order
               FROM order_lines WHERE {{counts}}),
     counted AS (SELECT strftime(month, '%Y-%m') AS month, sum(amount) AS revenue,
                        count(DISTINCT order_id) FILTER (WHERE makes_order) AS orders,
                        count(DISTINCT customer_id) FILTER (WHERE makes_order) AS customers
                 FROM lines GROUP BY ALL),
     newcomers AS (SELECT strftime({{local_first}}, '%Y-%m') AS month, count(*) AS new_customers
                   FROM {{first_orders}} GROUP BY ALL),
     forgotten AS (SELECT item AS month, revenue, orders, customers, new_customers
                   FROM forgotten_totals WHERE scope = 'month'),
     this_month AS (SELECT strftime({{local_as_of}}, '%Y-%m') AS month),
     parts AS (SELECT * FROM counted UNION ALL BY NAME SELECT * FROM newcomers UNION ALL BY NAME SELECT * FROM forgotten)
SELECT month, CAST(sum(revenue) AS DECIMAL(38, 4)) AS revenue, CAST(sum(orders) AS BIGINT) AS orders,
       CAST(sum(customers) AS BIGINT) AS customers, CAST(coalesce(sum(new_customers), 0) AS BIGINT) AS new_customers,
       month < (SELECT month FROM this_month) AS complete
FROM parts WHERE month <= (SELECT month FROM this_month)
GROUP BY month HAVING sum(revenue) IS NOT NULL ORDER BY month
