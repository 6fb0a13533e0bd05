-- A customer by the id that somebody wrote, and the person. $1 the id as text.
-- Parts: customer_id (its type), person (the person of r.customer_id).
-- part person: r.customer_id
-- Columns: customer, person (texts).
SELECT CAST(r.customer_id AS VARCHAR) AS customer, CAST({{person}} AS VARCHAR) AS person
FROM (SELECT customer_id FROM customers UNION ALL SELECT customer_id FROM order_items
      UNION ALL SELECT customer_id FROM consent_rows) AS r
WHERE r.customer_id = TRY_CAST($1 AS {{customer_id}}) LIMIT 1
