-- When a customer was in a segment, the latest first. $1 the segment's name, $2 the customer's id as text, $3 a moment:
-- stays that began later do not count.
-- Columns: entered_at, entered_version, entered_reason, exited_at, exited_version, exited_reason, is_in.
SELECT m.entered_at, m.entered_version, m.entered_reason, m.exited_at, m.exited_version, m.exited_reason,
  m.exited_at IS NULL OR m.exited_at > $3 AS is_in
FROM segment_members AS m JOIN segments AS s USING (segment_no)
WHERE s.segment = $1 AND m.customer_id = $2 AND m.entered_at <= $3
ORDER BY m.entered_at DESC, m.exited_at DESC NULLS FIRST
