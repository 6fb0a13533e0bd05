-- Everything that the people to be forgotten are known by.
-- after people/forget_found
-- after people/forget_keys
-- Columns: kind, value.
SELECT DISTINCT 'customer_id' AS kind, customer_id AS value FROM forget_found WHERE customer_id IS NOT NULL
UNION SELECT kind, value FROM forget_keys ORDER BY kind, value
