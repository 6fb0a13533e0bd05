-- Figures over customers. A customer is active when it ordered lately.
-- part active_days: 90
-- Columns: repeat_rate, orders_per_customer, active_customers.
SELECT CAST(avg(CASE WHEN orders >= 2 THEN 1.0 ELSE 0.0 END) AS DOUBLE) AS repeat_rate,
       CAST(avg(orders) AS DOUBLE) AS orders_per_customer,
       count(*) FILTER (WHERE recency_days <= {{active_days}}) AS active_customers
FROM customer_features
