-- Adds the rows of a file that name customers. $1 the model, $2 when they were computed.
-- after segment/scores_given
INSERT INTO customer_scores
SELECT $1, g.customer_id, g.score, $2
FROM customer_features AS f JOIN scores_given AS g ON g.customer_id = CAST(f.customer_id AS VARCHAR)
