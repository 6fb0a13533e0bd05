-- How often one identifier granted and withdrew the same in the same second; the withdrawal holds. Column: n.
SELECT count(*) AS n FROM (
  SELECT 1 FROM consent_rows WHERE granted IS NOT NULL
  GROUP BY customer_id, email, phone, purpose, channel, epoch_us(decided_at) // 1000000
  HAVING bool_or(granted) AND NOT bool_and(granted))
