-- What the people to be forgotten are known by; $1 is {kind: [value...]} as JSON, with the kind customer_id.
-- Columns: kind, value, number and id (the value as an integer and as a pseudonym, where it is one).
CREATE OR REPLACE TEMP TABLE forget_traces AS
SELECT kind, value, TRY_CAST(value AS BIGINT) AS number, TRY_CAST(value AS UUID) AS id
FROM (SELECT key AS kind, unnest(CAST(value AS VARCHAR[])) AS value FROM json_each($1))
