-- Who was in a segment at one of two moments and not at the other. $1 the segment's name, $2 and $3 the moments.
-- Columns: customer_id, was_in, is_in, at, reason.
WITH stays AS (
  SELECT m.* FROM segment_members AS m JOIN segments AS s USING (segment_no) WHERE s.segment = $1),
before AS (SELECT DISTINCT customer_id FROM stays WHERE entered_at <= $2 AND (exited_at IS NULL OR exited_at > $2)),
after AS (SELECT DISTINCT customer_id FROM stays WHERE entered_at <= $3 AND (exited_at IS NULL OR exited_at > $3))
SELECT coalesce(b.customer_id, a.customer_id) AS customer_id, b.customer_id IS NOT NULL AS was_in,
  a.customer_id IS NOT NULL AS is_in,
  CASE WHEN a.customer_id IS NULL
       THEN (SELECT max(exited_at) FROM stays AS s WHERE s.customer_id = b.customer_id AND s.exited_at <= $3)
       ELSE (SELECT max(entered_at) FROM stays AS s WHERE s.customer_id = a.customer_id AND s.entered_at <= $3) END AS moved_at,
  CASE WHEN a.customer_id IS NULL
       THEN (SELECT arg_max(exited_reason, exited_at) FROM stays AS s WHERE s.customer_id = b.customer_id AND s.exited_at <= $3)
       ELSE (SELECT arg_max(entered_reason, entered_at) FROM stays AS s WHERE s.customer_id = a.customer_id AND s.entered_at <= $3)
       END AS reason
FROM before AS b FULL JOIN after AS a ON a.customer_id = b.customer_id
ORDER BY 1
