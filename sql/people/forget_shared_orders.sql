-- Orders of the people to be forgotten that remain as somebody else's.
-- after people/forget_lines
-- part makes_order: flags = 0
-- part mine: true
-- Columns: order_id.
CREATE OR REPLACE TEMP TABLE forget_shared_orders AS
SELECT DISTINCT l.order_id FROM order_lines AS l
WHERE {{makes_order}} AND NOT coalesce({{mine}}, false)
  AND l.order_id IN (SELECT order_id FROM forget_lines WHERE makes_order)
