-- Values that are not shared after all: those of at most $1 keys whose customers say few enough names and births.
-- Who says no name counts by itself.
-- after people/identity_working
DELETE FROM identity_shared WHERE node IN (
  SELECT s.node
  FROM identity_shared AS s
  JOIN identity_edges AS e ON e.b = s.node AND NOT e.is_fuzzy
  LEFT JOIN (
    SELECT node, min(node) OVER (PARTITION BY c0, c1) AS voice FROM identity_said WHERE c0 IS NOT NULL) AS v
    ON v.node = e.a
  WHERE s.n <= $1
  GROUP BY s.node, s.most
  HAVING count(DISTINCT coalesce(v.voice, e.a)) <= s.most)
