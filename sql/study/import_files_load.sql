-- The files of a source as they were imported. $1 source. Columns: those of import_files.
SELECT * FROM import_files WHERE source = $1 ORDER BY place
