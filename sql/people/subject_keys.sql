-- What a person is known by. $1 the person as text.
-- Columns: kind, key (texts): customer ids first. Addresses and numbers that many share are nobody's in particular.
SELECT 'customer_id' AS kind, $1 AS key
UNION
SELECT kind, key FROM person_keys
WHERE person = $1 AND kind IN ('customer_id', 'email', 'phone', 'loyalty_card', 'hashed_email')
  AND NOT EXISTS (SELECT 1 FROM identity_blocked AS b WHERE b.kind = person_keys.kind AND b.key = person_keys.key)
ORDER BY kind, key
