-- Notes that anybody's rows may have changed. $1 the source.
INSERT INTO segment_changes SELECT CAST($1 AS VARCHAR), NULL WHERE EXISTS (SELECT 1 FROM segments)
