-- The end of a day in a zone. $1 date, $2 zone. Columns: microseconds since 1970-01-01 UTC.
SELECT epoch_us(timezone($2, CAST($1 AS DATE) + INTERVAL 1 DAY)) - 1
