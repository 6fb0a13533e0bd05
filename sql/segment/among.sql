-- The customers to be asked again who are still there, by their own ids.
-- after segment/scope
CREATE OR REPLACE TEMP TABLE segment_among AS
SELECT f.customer_id FROM customer_features AS f
SEMI JOIN segment_scope AS s ON s.customer_id = CAST(f.customer_id AS VARCHAR)
