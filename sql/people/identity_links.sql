-- Evidence of every link, source by source, and what is made of it.
-- after people/identity_working
-- after schema/0001_store
-- after schema/0004_people
CREATE OR REPLACE TABLE identity_links (
  source VARCHAR USING COMPRESSION dictionary, left_kind VARCHAR USING COMPRESSION dictionary,
  left_key VARCHAR USING COMPRESSION uncompressed, right_kind VARCHAR USING COMPRESSION dictionary,
  right_key VARCHAR USING COMPRESSION uncompressed, "rows" BIGINT USING COMPRESSION bitpacking,
  first_seen TIMESTAMP USING COMPRESSION bitpacking, last_seen TIMESTAMP USING COMPRESSION bitpacking,
  state VARCHAR USING COMPRESSION dictionary);
INSERT INTO identity_links
SELECT s.name AS source, ka.kind AS left_kind, ka.key AS left_key, kb.kind AS right_kind, kb.key AS right_key,
  l.n AS "rows", l.first_at AS first_seen, l.last_at AS last_seen,
  CASE u.state WHEN 1 THEN 'too_large' WHEN 2 THEN 'apart' WHEN 3 THEN 'pinned' ELSE 'used' END AS state
FROM (
  SELECT source, a, b, n, first_at, last_at FROM identity_pairs
  UNION ALL
  SELECT NULL, a, b, n, NULL, NULL FROM identity_edges WHERE is_fuzzy) AS l
JOIN identity_keys AS ka ON ka.node = l.a
JOIN identity_keys AS kb ON kb.node = l.b
LEFT JOIN identity_sources AS s ON s.source = l.source
LEFT JOIN identity_unused AS u ON u.a = l.a AND u.b = l.b
