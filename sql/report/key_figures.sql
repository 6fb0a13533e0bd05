-- Figures over customers, forgotten ones counted. A customer is active when it ordered lately.
-- part active_days: 90
-- part as_of_us: 0
-- Columns: repeat_rate, orders_per_customer, active_customers.
WITH here AS (SELECT count(*) AS customers, sum(orders) AS orders, count(*) FILTER (WHERE orders >= 2) AS repeating,
                     count(*) FILTER (WHERE recency_days <= {{active_days}}) AS active
              FROM customer_features),
     gone AS (SELECT coalesce(sum(customers) FILTER (WHERE scope = 'total'), 0) AS customers,
                     coalesce(sum(customer_orders) FILTER (WHERE scope = 'total'), 0) AS orders,
                     coalesce(sum(customers) FILTER (WHERE scope = 'repeat'), 0) AS repeating,
                     coalesce(sum(customers) FILTER (WHERE scope = 'active' AND item = '{{as_of_us}}'), 0) AS active
              FROM forgotten_totals)
SELECT CAST((here.repeating + gone.repeating) / nullif(here.customers + gone.customers, 0) AS DOUBLE) AS repeat_rate,
       CAST((here.orders + gone.orders) / nullif(here.customers + gone.customers, 0) AS DOUBLE) AS orders_per_customer,
       CAST(here.active + gone.active AS BIGINT) AS active_customers
FROM here, gone
