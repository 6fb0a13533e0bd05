-- Customers who would be in other segments than they are, of those that were asked about: w where they would be, x where
-- that is another.
-- after segment/told_by_rules
-- after segment/held_of_members
-- part was: segment_was
-- part words: coalesce(t.w0, 0) AS w0
-- part flips: xor(coalesce(t.w0, 0), coalesce(h.w0, 0)) & 2 AS x0
-- part differ: x0 <> 0
CREATE OR REPLACE TEMP TABLE segment_differing AS
FROM (SELECT coalesce(t.customer_id, h.customer_id) AS customer_id, {{words}}, {{flips}}
      FROM segment_told AS t FULL JOIN {{was}} AS h ON h.customer_id = t.customer_id)
WHERE {{differ}}
