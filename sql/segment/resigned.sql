-- Who is new or gone, and of whom something else is known than before.
-- after segment/signatures
CREATE OR REPLACE TEMP TABLE segment_resigned AS
SELECT coalesce(n.customer_id, o.customer_id) AS customer_id
FROM segment_signed AS n FULL JOIN segment_inputs AS o ON o.customer_id = n.customer_id
WHERE n.signature IS DISTINCT FROM o.signature
