-- How many people are named by no number, of those that are no customers in the data: ids from $1 on.
-- after people/identity_working
SELECT count(*) FROM identity_people AS p
WHERE p.id >= $1 AND TRY_CAST(p.name AS BIGINT) IS NULL AND p.id IN (
  SELECT person FROM identity_result WHERE person >= $1)
