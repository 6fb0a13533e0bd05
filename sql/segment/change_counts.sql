-- How many enter, leave and are in each segment of the plan.
-- after segment/plan
-- after segment/changes
-- Columns: segment_no, entered, left, members.
WITH entering AS (SELECT segment_no, count(*) AS n FROM segment_entering GROUP BY segment_no),
leaving AS (SELECT segment_no, count(*) AS n FROM segment_leaving GROUP BY segment_no),
held AS (SELECT segment_no, count(*) AS n FROM segment_members WHERE exited_at IS NULL GROUP BY segment_no)
SELECT p.segment_no, coalesce(e.n, 0) AS entered, coalesce(l.n, 0) AS "left",
  coalesce(h.n, 0) + coalesce(e.n, 0) - coalesce(l.n, 0) AS members
FROM segment_plan AS p LEFT JOIN entering AS e ON e.segment_no = p.segment_no
LEFT JOIN leaving AS l ON l.segment_no = p.segment_no LEFT JOIN held AS h ON h.segment_no = p.segment_no
ORDER BY p.segment_no
