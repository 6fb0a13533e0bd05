-- Orders by local month. Columns: month (YYYY-MM), revenue, orders, customers, new_customers, complete.
-- part counts: flags = 0
-- part makes_order: flags = 0
-- part local_time: ordered_at
-- part local_first: first_order_at
-- part local_as_of: TIMESTAMP '2020-01-01 00:00:00'
-- part first_orders: customer_features
WITH lines AS (SELECT date_trunc('month', {{local_time}}) AS month, order_id, customer_id, amount,
                      ({{makes_order}}) AS makes_order
               FROM order_lines WHERE {{counts}}),
     newcomers AS (SELECT date_trunc('month', {{local_first}}) AS month, count(*) AS customers
                   FROM {{first_orders}} GROUP BY ALL)
SELECT strftime(lines.month, '%Y-%m') AS month, sum(amount) AS revenue,
       count(DISTINCT order_id) FILTER (WHERE makes_order) AS orders,
       count(DISTINCT customer_id) FILTER (WHERE makes_order) AS customers,
       coalesce(any_value(newcomers.customers), 0) AS new_customers,
       lines.month < date_trunc('month', {{local_as_of}}) AS complete
FROM lines LEFT JOIN newcomers ON newcomers.month = lines.month
GROUP BY lines.month ORDER BY lines.month
