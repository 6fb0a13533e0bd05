-- Members of all segments as numbers. Columns: segment_no, customer_no.
SELECT m.segment_no, f.customer_no
FROM segment_members AS m JOIN customer_features AS f ON CAST(f.customer_id AS VARCHAR) = m.customer_id
WHERE m.exited_at IS NULL
