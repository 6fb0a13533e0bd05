-- The measures of RFM, exact. Columns: customer_no, recency_days, orders, monetary.
SELECT customer_no, CAST(recency_days AS INTEGER) AS recency_days, CAST(orders AS INTEGER) AS orders, monetary
FROM customer_features
