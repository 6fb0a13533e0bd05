-- The people of now, before others are tried.
-- after schema/0001_store
-- after schema/0004_people
CREATE OR REPLACE TEMP TABLE preview_before AS SELECT kind, key, person FROM person_keys
