-- Rejected rows in the order of their files. $1 how many. Columns: id, source, file, line, column, value, reason,
-- rule (the contract that moved the row; NULL where it could not be read).
SELECT id, source, file, line, column_name AS "column", value, reason, rule
FROM rejects ORDER BY source, file, line LIMIT $1
