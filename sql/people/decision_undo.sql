-- A decision holds no longer. $1 decision.
-- after schema/0001_store
-- after schema/0004_people
UPDATE identity_decisions SET undone_at = now() AT TIME ZONE 'UTC' WHERE decision = $1 AND undone_at IS NULL
