-- Writes who enters. $1 the moment.
-- after segment/changes
INSERT INTO segment_members
SELECT e.segment_no, e.customer_id, $1, p.version, p.reason, NULL, NULL, NULL
FROM segment_entering AS e JOIN segment_plan AS p ON p.segment_no = e.segment_no
