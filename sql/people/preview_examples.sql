-- Examples of what would change. $1 how many of each. Columns: change ('merge', 'split'), person, others.
-- after schema/0001_store
-- after schema/0004_people
-- after people/preview_before
WITH pairs AS (
  SELECT DISTINCT b.person AS before, coalesce(a.person, '-') AS after
  FROM preview_before AS b LEFT JOIN person_keys AS a USING (kind, key)),
merges AS (
  SELECT 'merge' AS change, after AS person,
    string_agg(before, ', ' ORDER BY length(before), before) FILTER (before <> after) AS others, count(*) AS n
  FROM pairs WHERE after <> '-' GROUP BY after HAVING count(*) > 1
  ORDER BY n DESC, length(person), person LIMIT $1),
splits AS (
  SELECT 'split' AS change, before AS person,
    string_agg(after, ', ' ORDER BY length(after), after) FILTER (before <> after) AS others, count(*) AS n
  FROM pairs GROUP BY before HAVING count(*) > 1
  ORDER BY n DESC, length(person), person LIMIT $1)
SELECT change, person, others
FROM (SELECT change, person, others FROM merges UNION ALL SELECT change, person, others FROM splits)
ORDER BY change, length(person), person
