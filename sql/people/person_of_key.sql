-- Who a key belongs to. $1 kind, $2 key. Columns: person, automatic.
-- after schema/0001_store
-- after schema/0004_people
SELECT person, coalesce(automatic, person) AS automatic FROM person_keys WHERE kind = $1 AND key = $2
