-- One text that changes with any choice about analytics. $1 is not read. Columns: granted, refused, digest.
SELECT count(*) FILTER (WHERE granted) AS granted, count(*) FILTER (WHERE NOT granted) AS refused,
  substr(md5(concat_ws(' ', count(*), CAST(bit_xor(hash(customer_id, granted)) AS VARCHAR))), 1, 32) AS digest
FROM analytics_choices WHERE $1 IS NOT NULL
