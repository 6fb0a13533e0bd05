-- The customer who is asked about. $1 its id as text.
CREATE OR REPLACE TEMP TABLE segment_asked AS
SELECT customer_id FROM customer_features WHERE CAST(customer_id AS VARCHAR) = $1
