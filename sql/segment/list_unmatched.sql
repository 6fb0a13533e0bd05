-- Rows of a list that name no customer. $1 the segment's number, $2 how many of them at most.
-- after segment/plan
-- Columns: line, customer_id.
SELECT l.line, l.customer_id FROM segment_listed AS l
WHERE l.segment_no = $1 AND NOT EXISTS (SELECT 1 FROM segment_next AS n
  WHERE n.segment_no = $1 AND l.customer_id IN (n.customer_id, n.customer_id || '.0'))
ORDER BY l.line LIMIT $2
