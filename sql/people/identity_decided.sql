-- Decisions by hand that hold, between numbered keys, the earliest first, and resemblance that keeps customers with a
-- shared key apart, unless somebody said otherwise. Columns: action, a, b.
-- after people/identity_working
-- after schema/0001_store
-- after schema/0004_people
SELECT d.action, l.node AS a, r.node AS b
FROM (
  SELECT decision, action, left_kind, left_key, right_kind, right_key FROM identity_decisions WHERE undone_at IS NULL
  UNION ALL
  SELECT 9223372036854775807, 'unmerge', left_kind, left_key, right_kind, right_key
  FROM identity_fuzzy_links AS f
  WHERE decision = 'non-match' AND NOT EXISTS (
    SELECT 1 FROM identity_decisions AS m
    WHERE m.action = 'merge' AND m.undone_at IS NULL
      AND (m.left_kind, m.left_key, m.right_kind, m.right_key) IN (
        (f.left_kind, f.left_key, f.right_kind, f.right_key), (f.right_kind, f.right_key, f.left_kind, f.left_key)))) AS d
JOIN identity_keys AS l ON l.kind = d.left_kind AND l.key = d.left_key
JOIN identity_keys AS r ON r.kind = d.right_kind AND r.key = d.right_key
ORDER BY d.decision, a, b
