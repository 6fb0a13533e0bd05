-- Rows that are too old, and those among them that were not at an earlier cutoff. $1 the cutoff, $2 the earlier one.
-- part name: order_items
-- part time: ordered_at
-- Columns: expired, newly.
SELECT count(*) AS expired, count(*) FILTER (WHERE {{time}} >= $2) AS newly FROM {{name}} WHERE {{time}} < $1
