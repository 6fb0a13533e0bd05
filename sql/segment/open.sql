-- Members whom what was asked can change: of segments of which only some customers were asked, those alone.
-- after segment/plan
CREATE OR REPLACE TEMP TABLE segment_open AS
SELECT m.segment_no, m.customer_id, m.rowid AS member FROM segment_members AS m
SEMI JOIN (FROM segment_plan WHERE scoped) AS p ON p.segment_no = m.segment_no
SEMI JOIN segment_scope AS s ON s.customer_id = m.customer_id
WHERE m.exited_at IS NULL
