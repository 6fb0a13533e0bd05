-- Definitions that a segment had, the newest first. $1 its name.
-- Columns: version, valid_from, recorded_at, run, hash, definition.
SELECT v.version, v.valid_from, v.recorded_at, v.run, v.hash, v.definition
FROM segment_versions AS v JOIN segments AS s USING (segment_no) WHERE s.segment = $1
ORDER BY v.version DESC
