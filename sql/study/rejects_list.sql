-- Rejected rows in the order of their files. $1 how many. Columns: source, file, line, column, value, reason.
SELECT source, file, line, column_name AS "column", value, reason FROM rejects ORDER BY source, file, line LIMIT $1
