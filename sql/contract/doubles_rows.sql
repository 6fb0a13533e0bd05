-- The same, row by row: of rows with one key the first is no double. {{value}} shows the key. Columns: row_no, value.
SELECT row_no, value FROM (
  SELECT row_no, {{value}} AS value, row_number() OVER (PARTITION BY {{columns}} ORDER BY row_no) AS place
  FROM {{relation}} WHERE {{present}})
WHERE place > 1
