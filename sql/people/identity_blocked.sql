-- Keys that too many customers have, and one key of each person that was too large: n of its links are left out.
-- after people/identity_working
CREATE OR REPLACE TABLE identity_blocked AS
SELECT k.kind, k.key, 'shared' AS reason, s.n FROM identity_shared AS s JOIN identity_keys AS k ON k.node = s.node
UNION ALL
SELECT k.kind, k.key, 'too_large', u.n
FROM (SELECT a, count(*) AS n FROM identity_unused WHERE state = 1 GROUP BY a) AS u
JOIN identity_keys AS k ON k.node = u.a
