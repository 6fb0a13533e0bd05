-- How many enter, leave and are in each segment of the plan.
-- after segment/changes
-- Columns: segment_no, entered, left, members.
WITH entering AS (SELECT segment_no, count(*) AS n FROM segment_entering GROUP BY segment_no),
leaving AS (SELECT segment_no, count(*) AS n FROM segment_leaving GROUP BY segment_no),
following AS (SELECT segment_no, count(*) AS n FROM segment_next GROUP BY segment_no),
held AS (
  SELECT segment_no, count(*) AS n FROM segment_members
  WHERE exited_at IS NULL AND segment_no IN (SELECT segment_no FROM segment_plan WHERE scoped) GROUP BY segment_no)
SELECT p.segment_no, coalesce(e.n, 0) AS entered, coalesce(l.n, 0) AS "left",
  CASE WHEN p.scoped THEN coalesce(h.n, 0) + coalesce(e.n, 0) - coalesce(l.n, 0) ELSE coalesce(f.n, 0) END AS members
FROM segment_plan AS p LEFT JOIN entering AS e ON e.segment_no = p.segment_no
LEFT JOIN leaving AS l ON l.segment_no = p.segment_no LEFT JOIN following AS f ON f.segment_no = p.segment_no
LEFT JOIN held AS h ON h.segment_no = p.segment_no
ORDER BY p.segment_no
