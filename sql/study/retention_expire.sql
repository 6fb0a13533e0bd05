-- Rows that are too old leave. $1 the cutoff (UTC).
-- part name: order_items
-- part time: ordered_at
DELETE FROM {{name}} WHERE {{time}} < $1
