-- The last things said. $1 the moment (UTC), $2 at most so many.
-- Columns: decided_at, kind, identifier, purpose, channel, granted, source, text_version, origin.
SELECT decided_at, CASE WHEN customer_id IS NOT NULL THEN 'customer' WHEN email IS NOT NULL THEN 'email' ELSE 'phone' END
    AS kind, coalesce(CAST(customer_id AS VARCHAR), CAST(email AS VARCHAR), CAST(phone AS VARCHAR)) AS identifier,
  purpose, channel, granted, source, text_version, origin
FROM consent_rows WHERE decided_at <= $1 AND granted IS NOT NULL
ORDER BY decided_at DESC, identifier, purpose, channel LIMIT $2
