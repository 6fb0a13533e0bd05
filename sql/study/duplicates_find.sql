-- Rows of a source with the same key but for the one that stays: the first of `order`, where `place` is that of
-- the file among the source's. Only keys that come twice are sorted. $1 source, $2 kind.
-- part name: order_items
-- part key: order_id
-- part complete: order_id IS NOT NULL
-- part order: place, row_no
INSERT INTO duplicates
WITH repeated AS (
  SELECT hash({{key}}) AS hash FROM {{name}} WHERE {{complete}} GROUP BY hash({{key}}) HAVING count(*) > 1),
candidates AS (
  SELECT r.*, coalesce(f.place, 0) AS place
  FROM {{name}} AS r LEFT JOIN import_files AS f ON f.source = $1 AND f.file_no = r.row_no >> 36
  WHERE {{complete}} AND hash({{key}}) IN (SELECT hash FROM repeated)),
ordered AS (
  SELECT row_no, row_number() OVER w AS nth, first_value(row_no) OVER w AS kept
  FROM candidates WINDOW w AS (PARTITION BY {{key}} ORDER BY {{order}}))
SELECT $1, row_no, $2, $1, kept FROM ordered WHERE nth > 1
