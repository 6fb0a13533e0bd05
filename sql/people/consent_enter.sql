-- One row into the ledger, unless it is there. $1 customer id as text, $2 e-mail and $3 phone pseudonyms as text,
-- $4 purpose, $5 channel, $6 granted, $7 when (UTC), $8 source, $9 version of the text, $10 origin, $11 now.
INSERT INTO consent_ledger
SELECT coalesce((SELECT max(entry) FROM consent_ledger), 0) + 1, $1, CAST($2 AS UUID), CAST($3 AS UUID), $4, $5, $6, $7, $8,
  $9, $10, $11
WHERE NOT EXISTS (
  SELECT 1 FROM consent_ledger AS l
  WHERE l.customer_id IS NOT DISTINCT FROM $1 AND l.email IS NOT DISTINCT FROM CAST($2 AS UUID)
    AND l.phone IS NOT DISTINCT FROM CAST($3 AS UUID) AND l.purpose = $4 AND l.channel = $5 AND l.granted = $6
    AND l.decided_at IS NOT DISTINCT FROM $7 AND l.source IS NOT DISTINCT FROM $8
    AND l.text_version IS NOT DISTINCT FROM $9)
