-- Rejected rows that came back are rejected no more. $1 their source; {{name}} the table of rejects.
-- part name: rejects
DELETE FROM {{name}} WHERE source = $1 AND id IN (SELECT id FROM staging_restored)
