-- Everything that a person said, latest first. $1 the person as text, $2 the moment (UTC).
-- Parts as of people/consent_person.
-- part person: r.customer_id
-- part key_person: k.customer_id
-- Columns: decided_at, purpose, channel, granted, kind, identifier, source, text_version, origin, future.
WITH keys AS (SELECT DISTINCT kind, key FROM consent_keys AS k WHERE CAST({{key_person}} AS VARCHAR) = $1),
mine AS (
  SELECT 'customer' AS kind, CAST(r.customer_id AS VARCHAR) AS identifier, r.* EXCLUDE (customer_id, email, phone)
  FROM consent_rows AS r WHERE r.customer_id IS NOT NULL AND CAST({{person}} AS VARCHAR) = $1
  UNION ALL
  SELECT keys.kind, CAST(keys.key AS VARCHAR), r.* EXCLUDE (customer_id, email, phone)
  FROM consent_rows AS r JOIN keys ON keys.key = coalesce(r.email, r.phone)
    AND keys.kind = CASE WHEN r.email IS NOT NULL THEN 'email' ELSE 'phone' END
  WHERE r.customer_id IS NULL)
SELECT decided_at, purpose, channel, granted, kind, identifier, source, text_version, origin,
  coalesce(decided_at > $2, false) AS future
FROM mine ORDER BY decided_at DESC NULLS LAST, granted, purpose, channel, origin
