-- All keys of a person. $1 person. Columns: kind, key, automatic.
-- after schema/0001_store
-- after schema/0004_people
SELECT kind, key, coalesce(automatic, person) AS automatic FROM person_keys WHERE person = $1
ORDER BY kind, length(key), key
