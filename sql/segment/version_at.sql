-- The definition that held at a moment. $1 the segment's name, $2 the moment.
-- Columns: version, definition.
SELECT v.version, v.definition FROM segment_versions AS v JOIN segments AS s USING (segment_no)
WHERE s.segment = $1 AND v.valid_from <= $2 ORDER BY v.version DESC LIMIT 1
