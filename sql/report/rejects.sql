-- Reject reasons with their number of rows and up to three examples each.
-- Columns: source, reason, rows, file, line, column, value (a row an example).
WITH counted AS (
  SELECT source, reason, file, line, column_name, value, count(*) OVER (PARTITION BY source, reason) AS rows,
         row_number() OVER (PARTITION BY source, reason ORDER BY file, line) AS example
  FROM rejects)
SELECT source, reason, rows, file, line, column_name AS "column", value
FROM counted WHERE example <= 3 ORDER BY rows DESC, source, reason, example LIMIT 60
