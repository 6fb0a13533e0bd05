-- Who would be in a segment and is not, or is and would not be: one comparison for both. `member` is the row of the stay
-- that ends; NULL: one begins.
-- after segment/open
CREATE OR REPLACE TEMP TABLE segment_compared AS
SELECT coalesce(n.segment_no, m.segment_no) AS segment_no, coalesce(n.customer_id, m.customer_id) AS customer_id,
  m.member
FROM segment_next AS n
FULL JOIN (FROM segment_open
           UNION ALL
           SELECT m.segment_no, m.customer_id, m.rowid FROM segment_members AS m
           SEMI JOIN (FROM segment_plan WHERE NOT scoped) AS p ON p.segment_no = m.segment_no
           WHERE m.exited_at IS NULL) AS m
  ON m.segment_no = n.segment_no AND m.customer_id = n.customer_id
WHERE n.customer_id IS NULL OR m.member IS NULL
