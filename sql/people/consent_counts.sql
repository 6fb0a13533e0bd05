-- What there is of consents. $1 the moment (UTC).
-- Columns: rows (of all kinds), future (not in force yet), undated, unreadable (no yes or no, another word for purpose
-- or channel), nobody (name no person), next_us (when the next one comes into force; 0: none).
SELECT count(*) AS rows, count(*) FILTER (WHERE decided_at > $1) AS future,
  count(*) FILTER (WHERE decided_at IS NULL) AS undated,
  count(*) FILTER (WHERE granted IS NULL OR purpose IS NULL
    OR purpose NOT IN ('analytics', 'personalisation', 'marketing', 'third_party')
    OR channel NOT IN ('*', 'email', 'sms', 'push', 'kakao', 'ads', 'mail')) AS unreadable,
  count(*) FILTER (WHERE customer_id IS NULL AND email IS NULL AND phone IS NULL) AS nobody,
  coalesce(epoch_us(min(decided_at) FILTER (WHERE decided_at > $1)), 0) AS next_us
FROM consent_rows
