-- Decisions by hand that hold, with the people of their keys. Columns: decision, action, left_kind, left_key,
-- right_kind, right_key, reason, decided_at, left_person, right_person, left_automatic, right_automatic, left_name,
-- right_name.
-- after schema/0001_store
-- after schema/0004_people
SELECT d.decision, d.action, d.left_kind, d.left_key, d.right_kind, d.right_key, d.reason,
  strftime(d.decided_at, '%Y-%m-%d') AS decided_at,
  coalesce(l.person, d.left_key) AS left_person, coalesce(r.person, d.right_key) AS right_person,
  coalesce(l.automatic, l.person, d.left_key) AS left_automatic,
  coalesce(r.automatic, r.person, d.right_key) AS right_automatic,
  d.left_kind || ' ' || d.left_key AS left_name, d.right_kind || ' ' || d.right_key AS right_name
FROM identity_decisions AS d
LEFT JOIN person_keys AS l ON l.kind = d.left_kind AND l.key = d.left_key
LEFT JOIN person_keys AS r ON r.kind = d.right_kind AND r.key = d.right_key
WHERE d.undone_at IS NULL
ORDER BY d.decision, d.right_kind, d.right_key
