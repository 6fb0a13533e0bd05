-- The first customer whom a file of scores names twice.
-- after segment/scores_given
-- Columns: customer_id, first_row, second_row.
SELECT customer_id, min(row) AS first_row, max(row) AS second_row
FROM scores_given GROUP BY customer_id HAVING count(*) > 1 ORDER BY second_row LIMIT 1
