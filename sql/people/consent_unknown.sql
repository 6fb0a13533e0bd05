-- Whom rows of consents name that no order or customer knows. $1 at most so many.
-- Columns: kind (customer, email, phone), identifier, rows, all_people and all_rows (without the limit).
WITH known AS (SELECT customer_id FROM customers UNION SELECT customer_id FROM order_items),
strangers AS (
  SELECT 'customer' AS kind, CAST(customer_id AS VARCHAR) AS identifier, count(*) AS rows
  FROM consent_rows AS r
  WHERE customer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM known WHERE known.customer_id = r.customer_id)
  GROUP BY customer_id
  UNION ALL
  SELECT CASE WHEN email IS NOT NULL THEN 'email' ELSE 'phone' END, CAST(coalesce(email, phone) AS VARCHAR), count(*)
  FROM consent_rows AS r
  WHERE customer_id IS NULL AND coalesce(email, phone) IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM consent_keys AS k WHERE k.key = coalesce(r.email, r.phone))
  GROUP BY ALL)
SELECT *, count(*) OVER () AS all_people, CAST(sum(rows) OVER () AS BIGINT) AS all_rows
FROM strangers ORDER BY rows DESC, kind, identifier LIMIT $1
