-- Figures over customers. $1 a customer is active when it ordered within so many days.
-- Columns: repeat_rate, orders_per_customer, active_customers.
SELECT CAST(avg(CASE WHEN orders >= 2 THEN 1.0 ELSE 0.0 END) AS DOUBLE) AS repeat_rate,
       CAST(avg(orders) AS DOUBLE) AS orders_per_customer,
       count(*) FILTER (WHERE recency_days <= $1) AS active_customers
FROM customer_features
