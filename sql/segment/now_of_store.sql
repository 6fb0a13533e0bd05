-- The members that a segment last had, as a column of customers.
-- part relation: segment_now
-- part number: 1
CREATE OR REPLACE TEMP VIEW {{relation}} AS
SELECT f.customer_id, TRUE AS member FROM customer_features AS f
JOIN segment_members AS m ON m.customer_id = CAST(f.customer_id AS VARCHAR)
WHERE m.segment_no = {{number}} AND m.exited_at IS NULL
