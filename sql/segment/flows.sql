-- From which segments of a set customers went to which, between its last moments of change. NULL: none of the set.
-- $1 how many steps at most.
-- part numbers: 1, 2
-- Columns: before, after (moments), from, to, customers.
WITH held AS (
  SELECT s.segment, m.customer_id, m.entered_at, m.exited_at FROM segment_members AS m JOIN segments AS s USING (segment_no)
  WHERE s.segment_no IN ({{numbers}})),
moments AS (
  SELECT moment FROM (SELECT entered_at AS moment FROM held UNION SELECT exited_at FROM held WHERE exited_at IS NOT NULL)
  ORDER BY moment DESC LIMIT $1 + 1),
steps AS (SELECT moment AS before, lead(moment) OVER (ORDER BY moment) AS after FROM moments),
placed AS (
  SELECT t.moment, h.customer_id, h.segment FROM moments AS t
  JOIN held AS h ON h.entered_at <= t.moment AND (h.exited_at IS NULL OR h.exited_at > t.moment)),
ends AS (
  SELECT s.before, s.after, p.customer_id, p.segment AS "from", NULL AS "to"
  FROM steps AS s JOIN placed AS p ON p.moment = s.before WHERE s.after IS NOT NULL
  UNION ALL
  SELECT s.before, s.after, p.customer_id, NULL, p.segment FROM steps AS s JOIN placed AS p ON p.moment = s.after),
moves AS (
  SELECT before, after, customer_id, max("from") AS "from", max("to") AS "to" FROM ends GROUP BY before, after, customer_id)
SELECT before, after, "from", "to", count(*) AS customers FROM moves GROUP BY before, after, "from", "to"
ORDER BY before, "from" NULLS LAST, "to" NULLS LAST
