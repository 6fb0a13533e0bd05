-- The customers of one segment, since when they are in it, and every feature.
-- part number: 1
-- Columns: customer_id, entered_at, then every feature.
SELECT f.customer_id, m.entered_at, f.* EXCLUDE (customer_no, customer_id)
FROM customer_features AS f JOIN segment_members AS m ON m.customer_id = CAST(f.customer_id AS VARCHAR)
WHERE m.segment_no = {{number}} AND m.exited_at IS NULL
ORDER BY f.customer_id
