-- A rejected row. $1 its id. Columns as in rejects_list.sql, and record, rule.
SELECT id, source, file, line, column_name AS "column", value, reason, rule, record FROM rejects WHERE id = $1 LIMIT 1
