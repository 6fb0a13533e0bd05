-- Every link once, over all sources, and those of resemblance.
-- after people/identity_working
-- after schema/0001_store
-- after schema/0004_people
CREATE OR REPLACE TEMP TABLE identity_edges AS
SELECT a, b, CAST(sum(n) AS BIGINT) AS n, bool_and(is_fuzzy) AS is_fuzzy
FROM (
  SELECT a, b, n, false AS is_fuzzy FROM identity_pairs
  UNION ALL
  SELECT l.node, r.node, 1, true
  FROM identity_fuzzy_links AS f
  JOIN identity_keys AS l ON l.kind = f.left_kind AND l.key = f.left_key
  JOIN identity_keys AS r ON r.kind = f.right_kind AND r.key = f.right_key
  WHERE f.decision = 'match')
GROUP BY a, b
