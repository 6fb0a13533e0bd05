-- A repaired record that cannot be read either. $1 source, $2 id, $3 column, $4 value, $5 reason, $6 the record as
-- repaired; {{name}} the table of rejects.
-- part name: rejects
UPDATE {{name}} SET column_name = $3, value = $4, reason = $5, record = $6 WHERE source = $1 AND id = $2
