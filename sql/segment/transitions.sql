-- From which segments customers went to which between two moments; NULL: none. $1 and $2 the moments.
-- Columns: from, to, customers.
WITH before AS (
  SELECT DISTINCT s.segment, m.customer_id FROM segment_members AS m JOIN segments AS s USING (segment_no)
  WHERE m.entered_at <= $1 AND (m.exited_at IS NULL OR m.exited_at > $1)),
after AS (
  SELECT DISTINCT s.segment, m.customer_id FROM segment_members AS m JOIN segments AS s USING (segment_no)
  WHERE m.entered_at <= $2 AND (m.exited_at IS NULL OR m.exited_at > $2))
SELECT b.segment AS "from", a.segment AS "to", count(*) AS customers
FROM before AS b FULL JOIN after AS a ON a.customer_id = b.customer_id
GROUP BY ALL ORDER BY 1 NULLS LAST, 2 NULLS LAST
