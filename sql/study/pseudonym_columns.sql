-- Columns of pseudonyms in relations that name customers.
-- Output: relation, name.
SELECT c.table_name AS relation, c.column_name AS name
FROM information_schema.columns AS c
WHERE c.data_type = 'UUID' AND c.table_schema = 'main'
  AND c.table_name IN (SELECT table_name FROM information_schema.columns
                       WHERE column_name = 'customer_id' AND table_schema = 'main')
ORDER BY relation, name
