-- One row of a decision. $1 decision, $2 action, $3 and $4 left key, $5 and $6 right key, $7 reason.
-- after schema/0001_store
-- after schema/0004_people
INSERT INTO identity_decisions VALUES ($1, $2, $3, $4, $5, $6, $7, now() AT TIME ZONE 'UTC', NULL)
