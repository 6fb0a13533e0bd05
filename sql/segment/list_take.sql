-- The customers that a list names, each once. $1 the segment's number. An id that is written as a number with an
-- ending of zeros, as spreadsheets do, is the one without it.
-- after segment/plan
INSERT INTO segment_next
SELECT DISTINCT CAST($1 AS INTEGER), CAST(f.customer_id AS VARCHAR)
FROM customer_features AS f JOIN segment_listed AS l
  ON l.segment_no = $1 AND l.customer_id IN (CAST(f.customer_id AS VARCHAR), CAST(f.customer_id AS VARCHAR) || '.0')
