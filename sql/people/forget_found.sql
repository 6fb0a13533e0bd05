-- Customers by the name that found them; customer_id is NULL where rows without a customer have it.
-- Columns: n, customer_id.
CREATE OR REPLACE TEMP TABLE forget_found (n BIGINT NOT NULL, customer_id VARCHAR)
