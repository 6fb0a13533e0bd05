-- What was not believed. $1 how many. Columns: kind, key, reason, n.
-- after schema/0001_store
-- after schema/0004_people
SELECT kind, key, reason, n FROM identity_blocked ORDER BY n DESC, kind, length(key), key LIMIT $1
