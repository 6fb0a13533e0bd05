-- The number of the next guest: one that no key has now and that was never given.
-- after schema/0001_store
-- after schema/0004_people
SELECT greatest(
  coalesce((SELECT max(next_guest) FROM identity_sequence), 1),
  coalesce((
    SELECT max(TRY_CAST(substr(name, 7) AS BIGINT)) + 1
    FROM (
      SELECT person AS name FROM person_keys WHERE person LIKE 'guest-%'
      UNION ALL SELECT automatic FROM person_keys WHERE automatic LIKE 'guest-%'
      UNION ALL SELECT first_person FROM person_keys WHERE first_person LIKE 'guest-%')), 1))
