-- Customers of lines whose time came between two moments: an order that began before may have got more of them.
-- after segment/scope
-- $1 and $2 the moments.
INSERT INTO segment_scope
SELECT DISTINCT CAST(customer_id AS VARCHAR) FROM order_lines
WHERE ordered_at > $1 AND ordered_at <= $2 AND customer_id IS NOT NULL
