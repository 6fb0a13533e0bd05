-- Whether a relation is a table or a view. $1 its name. Columns: relation, kind; no row where there is none.
SELECT table_name AS relation, CASE table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END AS kind
FROM information_schema.tables WHERE table_name = $1
