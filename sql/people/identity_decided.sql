-- Decisions by hand that hold, between numbered keys, the earliest first. Columns: action, a, b.
-- after people/identity_working
-- after schema/0001_store
-- after schema/0004_people
SELECT d.action, l.node AS a, r.node AS b
FROM identity_decisions AS d
JOIN identity_keys AS l ON l.kind = d.left_kind AND l.key = d.left_key
JOIN identity_keys AS r ON r.kind = d.right_kind AND r.key = d.right_key
WHERE d.undone_at IS NULL
ORDER BY d.decision, a, b
