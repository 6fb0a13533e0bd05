-- One customer with chosen features. $1 customer_no.
-- part features: recency_days, orders
-- Columns: customer_id, then those features.
SELECT CAST(customer_id AS VARCHAR) AS customer_id, {{features}}
FROM customer_features WHERE customer_no = $1
