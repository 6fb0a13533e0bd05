-- A segment's customers, or none of them, where nobody can have said anything.
-- part members: SELECT customer_id FROM customer_features
-- part otherwise: FALSE
-- Columns: those of members.
SELECT x.* FROM ({{members}}) AS x WHERE {{otherwise}} ORDER BY x.customer_id
