-- A written time in a zone as an instant. $1 the time, $2 the zone, $3 whether a date means its end.
-- Columns: microseconds since 1970-01-01 UTC.
SELECT epoch_us(timezone($2, CAST($1 AS TIMESTAMP)
  + CASE WHEN $3 AND length(trim($1)) = 10 THEN INTERVAL 1 DAY - INTERVAL 1 MICROSECOND ELSE INTERVAL 0 DAY END))
