-- How many pairs of customers that resemble each other wait for a decision.
-- after schema/0001_store
-- after schema/0004_people
SELECT count(*)
FROM identity_fuzzy_links AS f
LEFT JOIN person_keys AS l ON l.kind = f.left_kind AND l.key = f.left_key
LEFT JOIN person_keys AS r ON r.kind = f.right_kind AND r.key = f.right_key
WHERE f.decision = 'review' AND coalesce(l.person, f.left_key) <> coalesce(r.person, f.right_key) AND NOT EXISTS (
  SELECT 1 FROM identity_decisions AS d
  WHERE d.action = 'unmerge' AND d.undone_at IS NULL
    AND (d.left_kind, d.left_key, d.right_kind, d.right_key) IN (
      (f.left_kind, f.left_key, f.right_kind, f.right_key), (f.right_kind, f.right_key, f.left_kind, f.left_key)))
