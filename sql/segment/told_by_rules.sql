-- Which segments each customer would be in, by the answers of rules.
-- part words: CASE WHEN r0 THEN CAST(2 AS BIGINT) ELSE 0 END AS w0
-- part answers: (SELECT customer_id, TRUE AS r0 FROM customer_features)
CREATE OR REPLACE TEMP TABLE segment_told AS
SELECT CAST(customer_id AS VARCHAR) AS customer_id, {{words}} FROM {{answers}} AS a
