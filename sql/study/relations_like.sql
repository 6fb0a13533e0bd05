-- Tables and views whose names fit a LIKE pattern, escaped by \. $1 pattern. Columns: relation, kind.
SELECT table_name AS relation, CASE table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END AS kind
FROM information_schema.tables WHERE table_name LIKE $1 ESCAPE '\'
