-- Rejected rows that can be repaired, in the order of their files. $1 their source, NULL for all.
-- Columns: id, source, reason, record.
SELECT id, source, reason, record FROM rejects
WHERE id IS NOT NULL AND ($1 IS NULL OR source = $1) ORDER BY source, file, line
