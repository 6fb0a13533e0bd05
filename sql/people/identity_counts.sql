-- What came out, in one row. Columns: keys, people, guests, merged, shared, too_large, by_hand.
-- after people/identity_working
-- after schema/0001_store
-- after schema/0004_people
SELECT
  (SELECT count(*) FROM identity_result WHERE person IS NOT NULL) AS keys,
  (SELECT count(DISTINCT person) FROM identity_result) AS people,
  (SELECT count(DISTINCT r.person) FROM identity_result AS r JOIN identity_people AS p ON p.id = r.person
   WHERE p.name LIKE 'guest-%') AS guests,
  (SELECT count(*) FROM (
    SELECT r.person FROM identity_result AS r JOIN identity_keys AS k ON k.node = r.node
    WHERE k.kind = 'customer_id' AND r.person IS NOT NULL GROUP BY r.person HAVING count(*) > 1)) AS merged,
  (SELECT count(*) FROM identity_shared) AS shared,
  (SELECT count(DISTINCT a) FROM identity_unused WHERE state = 1) AS too_large,
  (SELECT count(DISTINCT decision) FROM identity_decisions WHERE undone_at IS NULL) AS by_hand
