-- The customers of one rule, from the answers of all. $1 the segment's number.
-- after segment/plan
-- part answer: r0
-- part answers: (SELECT customer_id, TRUE AS r0 FROM customer_features)
INSERT INTO segment_next SELECT $1, CAST(a.customer_id AS VARCHAR) FROM {{answers}} AS a WHERE a.{{answer}}
