-- Decisions by hand that name a key of a person and hold. $1 person. Columns: decision, action, left_kind, left_key,
-- right_kind, right_key, reason, decided_at.
-- after schema/0001_store
-- after schema/0004_people
SELECT decision, action, left_kind, left_key, right_kind, right_key, reason, decided_at
FROM identity_decisions AS d
WHERE undone_at IS NULL AND (
  EXISTS (SELECT 1 FROM person_keys AS k WHERE k.person = $1 AND k.kind = d.left_kind AND k.key = d.left_key)
  OR EXISTS (SELECT 1 FROM person_keys AS k WHERE k.person = $1 AND k.kind = d.right_kind AND k.key = d.right_key))
ORDER BY decision, right_kind, right_key
