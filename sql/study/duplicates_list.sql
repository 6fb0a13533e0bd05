-- Rows that were put aside, and those that stayed, in the order of their files. $1 how many.
-- Columns: source, kind, file, line, kept_source, kept_file, kept_line (file NULL where it is not known).
SELECT d.source, d.kind, f.path AS file, d.row_no & 68719476735 AS line, d.kept_source, k.path AS kept_file,
  d.kept_row_no & 68719476735 AS kept_line
FROM duplicates AS d
LEFT JOIN import_files AS f ON f.source = d.source AND f.file_no = d.row_no >> 36
LEFT JOIN import_files AS k ON k.source = d.kept_source AND k.file_no = d.kept_row_no >> 36
ORDER BY d.source, f.place, d.row_no LIMIT $1
