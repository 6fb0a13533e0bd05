-- How many entered and left a segment at which moment and why, the newest first. $1 its name, $2 at most so many.
-- Columns: at, version, reason, entered, left.
WITH moves AS (
  SELECT m.entered_at AS moment, m.entered_version AS version, m.entered_reason AS reason, 1 AS entered, 0 AS "left"
  FROM segment_members AS m JOIN segments AS s USING (segment_no) WHERE s.segment = $1
  UNION ALL
  SELECT m.exited_at, m.exited_version, m.exited_reason, 0, 1
  FROM segment_members AS m JOIN segments AS s USING (segment_no) WHERE s.segment = $1 AND m.exited_at IS NOT NULL)
SELECT moment AS "at", version, reason, sum(entered) AS entered, sum("left") AS "left"
FROM moves GROUP BY moment, version, reason ORDER BY moment DESC, version DESC, reason LIMIT $2
