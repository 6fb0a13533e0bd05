-- Segments of the store with the hash of their version.
-- Columns: segment_no, segment, version, hash, members, evaluated_us, error, failed_us, unmatched, removed.
SELECT s.segment_no, s.segment, s.version, v.hash, s.members, epoch_us(s.evaluated_at) AS evaluated_us, s.error,
  epoch_us(s.failed_at) AS failed_us, s.unmatched, s.removed
FROM segments AS s LEFT JOIN segment_versions AS v ON v.segment_no = s.segment_no AND v.version = s.version
ORDER BY s.segment
