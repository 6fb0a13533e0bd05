-- What holds of one person, and the row that decides it. $1 the person as text, $2 the moment (UTC).
-- Parts: person, key_person (the person of r.customer_id, of k.customer_id).
-- part person: r.customer_id
-- part key_person: k.customer_id
-- Columns: purpose, channel (asked for), granted, since, kind and identifier of who said it (customer, email, phone),
-- said (the channel that the row names), source, text_version, origin.
WITH keys AS (SELECT DISTINCT kind, key FROM consent_keys AS k WHERE CAST({{key_person}} AS VARCHAR) = $1),
mine AS (
  SELECT 'customer' AS kind, CAST(r.customer_id AS VARCHAR) AS identifier, r.* EXCLUDE (customer_id, email, phone)
  FROM consent_rows AS r WHERE r.customer_id IS NOT NULL AND CAST({{person}} AS VARCHAR) = $1
  UNION ALL
  SELECT keys.kind, CAST(keys.key AS VARCHAR), r.* EXCLUDE (customer_id, email, phone)
  FROM consent_rows AS r JOIN keys ON keys.key = coalesce(r.email, r.phone)
    AND keys.kind = CASE WHEN r.email IS NOT NULL THEN 'email' ELSE 'phone' END
  WHERE r.customer_id IS NULL),
spoken AS (
  SELECT *, coalesce(epoch_us(decided_at) // 1000000, -9000000000000) AS second FROM mine
  WHERE granted IS NOT NULL AND purpose IS NOT NULL AND (decided_at IS NULL OR decided_at <= $2)),
asked AS (SELECT unnest(['*', 'email', 'sms', 'push', 'kakao', 'ads', 'mail']) AS channel),
latest AS (
  SELECT asked.channel AS asked, spoken.*,
    row_number() OVER (PARTITION BY asked.channel, purpose, kind, identifier
                       ORDER BY second DESC, granted, spoken.channel, origin, source, text_version) AS place
  FROM spoken JOIN asked ON spoken.channel = asked.channel OR spoken.channel = '*'),
deciding AS (
  SELECT *, row_number() OVER (PARTITION BY asked, purpose ORDER BY granted, second DESC, kind, identifier) AS rank
  FROM latest WHERE place = 1)
SELECT purpose, asked AS channel, granted, decided_at AS since, kind, identifier, channel AS said, source, text_version,
  origin
FROM deciding WHERE rank = 1
ORDER BY purpose, asked
