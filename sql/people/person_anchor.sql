-- The key that stands for a person in decisions: the customer of that name, else the first of its keys. $1 person, also
-- one who was merged into another by hand.
-- Columns: kind, key, person, automatic.
-- after schema/0001_store
-- after schema/0004_people
SELECT kind, key, person, coalesce(automatic, person) AS automatic FROM person_keys WHERE person = $1 OR automatic = $1
ORDER BY person = $1 DESC, kind = 'customer_id' AND key = person DESC, kind, length(key), key LIMIT 1
