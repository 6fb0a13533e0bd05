-- Which segments customers are in now: FULL, all of them; RIGHT, those who differ.
-- after segment/held_of_members
-- after segment/held_begin
-- part join: FULL
-- part flips: bit_xor(x0) AS x0
-- part words: xor(coalesce(h.w0, 0), coalesce(f.x0, 0)) AS w0
CREATE OR REPLACE TEMP TABLE segment_now_held AS
SELECT coalesce(h.customer_id, f.customer_id) AS customer_id, {{words}}
FROM segment_was AS h
{{join}} JOIN (SELECT customer_id, {{flips}} FROM segment_flips GROUP BY customer_id) AS f
  ON f.customer_id = h.customer_id
