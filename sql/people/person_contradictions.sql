-- Customers that a person's customers are kept apart from as they contradict each other. $1 person.
-- Columns: left, right, evidence.
-- after schema/0001_store
-- after schema/0004_people
SELECT f.left_key AS "left", f.right_key AS "right", f.evidence
FROM identity_fuzzy_links AS f
WHERE f.decision = 'contradiction' AND EXISTS (
  SELECT 1 FROM person_keys AS k
  WHERE k.person = $1 AND k.kind = 'customer_id' AND k.key IN (f.left_key, f.right_key))
ORDER BY length(f.left_key), f.left_key, length(f.right_key), f.right_key
