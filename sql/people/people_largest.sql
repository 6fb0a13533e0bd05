-- People with the most keys. $1 how many. Columns: person, customers, keys, kinds.
-- after schema/0001_store
-- after schema/0004_people
SELECT person, count(*) FILTER (kind = 'customer_id') AS customers, count(*) AS keys,
  string_agg(DISTINCT kind, ', ' ORDER BY kind) AS kinds
FROM person_keys GROUP BY person ORDER BY customers DESC, keys DESC, length(person), person LIMIT $1
