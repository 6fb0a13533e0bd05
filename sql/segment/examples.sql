-- Customers who enter or leave a segment, by id. $1 the segment's number, $2 at most so many of each.
-- after segment/changes
-- Columns: customer_id, enters.
(SELECT customer_id, TRUE AS enters FROM segment_entering WHERE segment_no = $1 ORDER BY customer_id LIMIT $2)
UNION ALL
(SELECT customer_id, FALSE FROM segment_leaving WHERE segment_no = $1 ORDER BY customer_id LIMIT $2)
