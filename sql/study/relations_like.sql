-- Tables and views whose names fit a LIKE pattern, escaped by \. $1 pattern. Columns: relation, kind.
SELECT table_name AS relation, 'TABLE' AS kind FROM duckdb_tables() WHERE table_name LIKE $1 ESCAPE '\'
UNION ALL
SELECT view_name, 'VIEW' FROM duckdb_views() WHERE view_name LIKE $1 ESCAPE '\' AND NOT internal
