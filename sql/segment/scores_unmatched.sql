-- Rows of a file of scores that name no customer.
-- after segment/scores_given
-- Columns: row, customer_id.
SELECT g.row, g.customer_id FROM scores_given AS g
WHERE NOT EXISTS (SELECT 1 FROM customer_features AS f WHERE g.customer_id = CAST(f.customer_id AS VARCHAR))
ORDER BY g.row
