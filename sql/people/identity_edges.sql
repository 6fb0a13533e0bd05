-- Every link once, over all sources.
-- after people/identity_working
CREATE OR REPLACE TEMP TABLE identity_edges AS
SELECT a, b, CAST(sum(n) AS BIGINT) AS n, false AS is_fuzzy FROM identity_pairs GROUP BY a, b
