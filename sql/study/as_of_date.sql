-- A date as an instant: at the clock time of the last line that counts, also of forgotten people. $1 date, $2 zone.
-- part counts: (flags & 127) = 0
-- Columns: microseconds since 1970-01-01 UTC.
SELECT epoch_us(timezone($2, CAST($1 AS DATE) + CAST(timezone($2, timezone('UTC', greatest(max(ordered_at),
         (SELECT max(moment) FROM forgotten_totals WHERE scope = 'last_order')))) AS TIME)))
FROM order_lines WHERE {{counts}}
