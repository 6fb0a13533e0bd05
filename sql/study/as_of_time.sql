-- A wall-clock time in a zone as an instant. $1 time, $2 zone. Columns: microseconds since 1970-01-01 UTC.
SELECT epoch_us(timezone($2, CAST($1 AS TIMESTAMP)))
