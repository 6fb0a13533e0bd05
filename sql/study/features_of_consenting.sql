-- Customers who refused analytics leave customer_features; the others are numbered anew from 0, in the same order.
CREATE OR REPLACE TABLE customer_features AS
SELECT * REPLACE (CAST(row_number() OVER (ORDER BY customer_no) - 1 AS INTEGER) AS customer_no)
FROM customer_features
WHERE customer_id NOT IN (SELECT customer_id FROM order_lines WHERE flags & 256 <> 0 AND customer_id IS NOT NULL)
