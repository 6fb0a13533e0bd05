-- Rows whose key another row had before. {{relation}}, {{columns}} of the key, {{present}}: all of them are there.
SELECT CAST(coalesce(sum(n - 1), 0) AS BIGINT) FROM (
  SELECT count(*) AS n FROM {{relation}} WHERE {{present}} GROUP BY {{columns}})
