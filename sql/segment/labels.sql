-- Members of one segment, for a profile against all others.
-- part number: 1
-- Columns: customer_no, 0.
SELECT f.customer_no, CAST(0 AS INTEGER) AS label
FROM customer_features AS f JOIN segment_members AS m ON m.customer_id = CAST(f.customer_id AS VARCHAR)
WHERE m.segment_no = {{number}} AND m.exited_at IS NULL
