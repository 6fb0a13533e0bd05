-- Customers that share a key and are kept apart as they contradict each other. $1 at most so many.
-- Columns: left, right, left_person, right_person, evidence.
-- after schema/0001_store
-- after schema/0004_people
SELECT f.left_key AS "left", f.right_key AS "right", coalesce(l.person, f.left_key) AS left_person,
  coalesce(r.person, f.right_key) AS right_person, f.evidence
FROM identity_fuzzy_links AS f
LEFT JOIN person_keys AS l ON l.kind = f.left_kind AND l.key = f.left_key
LEFT JOIN person_keys AS r ON r.kind = f.right_kind AND r.key = f.right_key
WHERE f.decision = 'contradiction'
ORDER BY f.weight, length(f.left_key), f.left_key, length(f.right_key), f.right_key
LIMIT $1
