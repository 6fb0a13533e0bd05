-- Columns of a table or view in order. $1 its name. Columns: column, type.
SELECT column_name AS "column", data_type AS type FROM duckdb_columns() WHERE table_name = $1 ORDER BY column_index
