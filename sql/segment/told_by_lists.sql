-- The same by lists.
-- after segment/plan
-- part words: bit_or(CASE WHEN segment_no // 60 = 0 THEN CAST(1 AS BIGINT) << (segment_no % 60) ELSE 0 END) AS w0
CREATE OR REPLACE TEMP TABLE segment_told AS
SELECT customer_id, {{words}} FROM segment_next GROUP BY customer_id
