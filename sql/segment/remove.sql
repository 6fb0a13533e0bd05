-- Everybody leaves a segment whose file is gone. $1 the moment, $2 the segment's number.
UPDATE segment_members SET exited_at = greatest($1, entered_at), exited_reason = 'removed',
  exited_version = (SELECT s.version FROM segments AS s WHERE s.segment_no = $2)
WHERE segment_no = $2 AND exited_at IS NULL
