-- The beginning of the day so many days before today. $1 days, $2 zone. Column: microseconds UTC.
SELECT epoch_us(timezone($2, date_trunc('day', timezone($2, now())) - to_days(CAST($1 AS INTEGER))))
