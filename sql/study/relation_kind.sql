-- Whether a relation is a table or a view. $1 its name. Columns: relation, kind; no row where there is none. (Not from
-- information_schema: its views take the engine milliseconds to plan, and this is asked often.)
SELECT table_name AS relation, 'TABLE' AS kind FROM duckdb_tables() WHERE table_name = $1
UNION ALL
SELECT view_name, 'VIEW' FROM duckdb_views() WHERE view_name = $1 AND NOT internal
