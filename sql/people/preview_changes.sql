-- What another resolution would change, against preview_before (a copy of person_keys). Columns: merges (people of now
-- who would be with others), splits (people of now who would part), moved (keys of other people then).
-- after schema/0001_store
-- after schema/0004_people
-- after people/preview_before
WITH pairs AS (
  SELECT DISTINCT b.person AS before, a.person AS after
  FROM preview_before AS b LEFT JOIN person_keys AS a USING (kind, key))
SELECT
  (SELECT coalesce(sum(n - 1), 0) FROM (SELECT after, count(*) AS n FROM pairs WHERE after IS NOT NULL GROUP BY after))
    AS merges,
  (SELECT coalesce(sum(n - 1), 0) FROM (SELECT before, count(*) AS n FROM pairs GROUP BY before)) AS splits,
  (SELECT count(*) FROM preview_before AS b LEFT JOIN person_keys AS a USING (kind, key)
   WHERE a.person IS DISTINCT FROM b.person) AS moved
