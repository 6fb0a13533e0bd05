-- Who is in the segments of the plan of which only some customers were asked, of those.
-- after segment/plan
CREATE OR REPLACE TEMP TABLE segment_open AS
SELECT m.segment_no, m.customer_id FROM segment_members AS m JOIN segment_plan AS p ON p.segment_no = m.segment_no
SEMI JOIN segment_scope AS s ON s.customer_id = m.customer_id
WHERE m.exited_at IS NULL AND p.scoped
