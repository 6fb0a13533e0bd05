-- What was not believed and what was decided, in one row. Columns: shared, too_large, by_hand.
-- after people/identity_working
-- after schema/0001_store
-- after schema/0004_people
SELECT
  (SELECT count(*) FROM identity_shared) AS shared,
  (SELECT count(DISTINCT a) FROM identity_unused WHERE state = 1) AS too_large,
  (SELECT count(DISTINCT decision) FROM identity_decisions WHERE undone_at IS NULL) AS by_hand
