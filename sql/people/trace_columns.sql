-- Columns of the store's tables, and of views over sources, in order.
-- Columns: relation, is_view, column, type.
SELECT c.table_name AS relation, t.table_type = 'VIEW' AS is_view, c.column_name AS "column", c.data_type AS type
FROM information_schema.columns AS c
JOIN information_schema.tables AS t USING (table_catalog, table_schema, table_name)
WHERE c.table_catalog = current_database() AND c.table_schema = 'main'
  AND (t.table_type = 'BASE TABLE' OR starts_with(c.table_name, 'source_'))
ORDER BY c.table_name, c.ordinal_position
