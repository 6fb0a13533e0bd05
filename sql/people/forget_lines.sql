-- The order lines of the people to be forgotten, as everything after cleaning sees them.
-- part counts: flags = 0
-- part makes_order: flags = 0
-- part local_time: l.ordered_at
-- part mine: true
-- Columns: customer_id, order_id, product_id, category, amount, flags, month, ordered_at, counts, makes_order.
CREATE OR REPLACE TEMP TABLE forget_lines AS
SELECT l.customer_id, l.order_id, l.product_id, coalesce(l.category, p.category) AS category, l.amount, l.flags,
       strftime({{local_time}}, '%Y-%m') AS month, l.ordered_at, ({{counts}}) AS counts,
       ({{makes_order}}) AS makes_order
FROM order_lines AS l LEFT JOIN products AS p USING (product_id)
WHERE {{mine}}
