-- Which segments each customer is in, of the members. Parts: words (a column each 60 segments).
-- part words: bit_or(CASE WHEN segment_no // 60 = 0 THEN CAST(1 AS BIGINT) << (segment_no % 60) ELSE 0 END) AS w0
CREATE OR REPLACE TEMP TABLE segment_was AS
SELECT customer_id, {{words}} FROM segment_members WHERE exited_at IS NULL GROUP BY customer_id
