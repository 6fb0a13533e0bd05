-- The number of the next decision by hand.
-- after schema/0001_store
-- after schema/0004_people
SELECT coalesce(max(decision), 0) + 1 FROM identity_decisions
