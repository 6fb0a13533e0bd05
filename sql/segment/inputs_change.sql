-- Remembers the signatures of those who were asked again.
-- after segment/scope
DELETE FROM segment_inputs WHERE customer_id IN (SELECT customer_id FROM segment_resigned);
INSERT INTO segment_inputs SELECT n.customer_id, n.signature FROM segment_signed AS n
SEMI JOIN segment_resigned AS r ON r.customer_id = n.customer_id
