-- How many enter, leave and are in each segment of the plan.
-- after segment/changes
-- Columns: segment_no, entered, left, members.
SELECT p.segment_no, (SELECT count(*) FROM segment_entering AS e WHERE e.segment_no = p.segment_no) AS entered,
  (SELECT count(*) FROM segment_leaving AS l WHERE l.segment_no = p.segment_no) AS "left",
  (SELECT count(*) FROM segment_next AS n WHERE n.segment_no = p.segment_no) AS members
FROM segment_plan AS p ORDER BY p.segment_no
