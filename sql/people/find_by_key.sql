-- Whose address or number it is. $1 kind ('email', 'phone'), $2 the pseudonym as text.
-- Parts: key_person (the person of k.customer_id).
-- part key_person: k.customer_id
-- Columns: customer (one of the person's), person (texts).
SELECT CAST(min(k.customer_id) AS VARCHAR) AS customer, CAST({{key_person}} AS VARCHAR) AS person
FROM consent_keys AS k WHERE k.kind = $1 AND k.key = CAST($2 AS UUID)
GROUP BY {{key_person}} ORDER BY person LIMIT 5
