-- Who enters and who leaves the segments of the plan. Of segments of which only some customers were asked, those alone.
-- after segment/open
CREATE OR REPLACE TEMP TABLE segment_entering AS
SELECT n.segment_no, n.customer_id FROM segment_next AS n JOIN segment_plan AS p ON p.segment_no = n.segment_no
ANTI JOIN (SELECT segment_no, customer_id FROM segment_members WHERE exited_at IS NULL) AS m
  ON m.segment_no = n.segment_no AND m.customer_id = n.customer_id
WHERE NOT p.scoped
UNION ALL
SELECT n.segment_no, n.customer_id FROM segment_next AS n JOIN segment_plan AS p ON p.segment_no = n.segment_no
ANTI JOIN segment_open AS m ON m.segment_no = n.segment_no AND m.customer_id = n.customer_id
WHERE p.scoped;
CREATE OR REPLACE TEMP TABLE segment_leaving AS
SELECT m.segment_no, m.customer_id FROM segment_members AS m JOIN segment_plan AS p ON p.segment_no = m.segment_no
ANTI JOIN segment_next AS n ON n.segment_no = m.segment_no AND n.customer_id = m.customer_id
WHERE m.exited_at IS NULL AND NOT p.scoped
UNION ALL
SELECT m.segment_no, m.customer_id FROM segment_open AS m
ANTI JOIN segment_next AS n ON n.segment_no = m.segment_no AND n.customer_id = m.customer_id
