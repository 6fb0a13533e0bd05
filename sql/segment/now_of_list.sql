-- The customers of a list, as a column of customers.
-- after segment/plan
-- part relation: segment_now
-- part number: 1
CREATE OR REPLACE TEMP VIEW {{relation}} AS
SELECT f.customer_id, TRUE AS member FROM customer_features AS f
JOIN segment_next AS n ON n.customer_id = CAST(f.customer_id AS VARCHAR) WHERE n.segment_no = {{number}}
