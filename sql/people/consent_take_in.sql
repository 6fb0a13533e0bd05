-- The rows of a file into the ledger, those that are not there yet, once each. $1 origin, $2 now (UTC).
-- In: staging_consents. Parts: the columns it has, or NULL.
-- part customer_id: NULL
-- part email: NULL
-- part phone: NULL
-- part purpose: 'marketing'
-- part channel: '*'
-- part decided_at: NULL
-- part source: NULL
-- part text_version: NULL
-- part staging: (SELECT true AS granted)
INSERT INTO consent_ledger
WITH said AS (
  SELECT DISTINCT CAST({{customer_id}} AS VARCHAR) AS customer_id, CAST({{email}} AS UUID) AS email,
    CAST({{phone}} AS UUID) AS phone, {{purpose}} AS purpose, coalesce({{channel}}, '*') AS channel, granted,
    CAST({{decided_at}} AS TIMESTAMP) AS decided_at, CAST({{source}} AS VARCHAR) AS source,
    CAST({{text_version}} AS VARCHAR) AS text_version
  FROM {{staging}} AS staged)
SELECT coalesce((SELECT max(entry) FROM consent_ledger), 0)
    + row_number() OVER (ORDER BY decided_at, customer_id, email, phone, purpose, channel, granted, source, text_version),
  *, $1, $2
FROM said
WHERE (customer_id IS NOT NULL OR email IS NOT NULL OR phone IS NOT NULL) AND granted IS NOT NULL
  AND NOT EXISTS (
  SELECT 1 FROM consent_ledger AS l
  WHERE l.customer_id IS NOT DISTINCT FROM said.customer_id AND l.email IS NOT DISTINCT FROM said.email
    AND l.phone IS NOT DISTINCT FROM said.phone AND l.purpose = said.purpose AND l.channel = said.channel
    AND l.granted = said.granted AND l.decided_at IS NOT DISTINCT FROM said.decided_at
    AND l.source IS NOT DISTINCT FROM said.source AND l.text_version IS NOT DISTINCT FROM said.text_version)
