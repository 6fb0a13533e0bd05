-- Whom a user named: $1 is [{"n", "kind", "value"}...] as JSON, every form that the n-th name may have.
-- Columns: n, kind, value, number and id (the value as an integer and as a pseudonym, where it is one).
CREATE OR REPLACE TEMP TABLE forget_given AS
SELECT n, kind, value, TRY_CAST(value AS BIGINT) AS number, TRY_CAST(value AS UUID) AS id
FROM (SELECT unnest(from_json($1, '[{"n": "BIGINT", "kind": "VARCHAR", "value": "VARCHAR"}]'), recursive := true))
