-- The scores of one model, as a column of customers.
-- part relation: segment_scores
-- part model: 'churn'
CREATE OR REPLACE TEMP VIEW {{relation}} AS
SELECT f.customer_id, s.score FROM customer_features AS f
JOIN customer_scores AS s ON s.customer_id = CAST(f.customer_id AS VARCHAR) WHERE s.model = {{model}}
