-- Who would be in a segment and is not, and who is and would not be.
-- after segment/plan
-- after segment/held_begin
-- after segment/differing
-- part flips: x0
-- part words: WHEN 0 THEN w0
-- part differing: WHEN 0 THEN x0
INSERT INTO segment_flips SELECT customer_id, {{flips}} FROM segment_differing;
INSERT INTO segment_compared
SELECT p.segment_no, d.customer_id, (CASE p.segment_no // 60 {{words}} END >> (p.segment_no % 60)) & 1 = 1
FROM segment_differing AS d, segment_plan AS p
WHERE (CASE p.segment_no // 60 {{differing}} END >> (p.segment_no % 60)) & 1 = 1
