-- Keys that may lead to the people to be forgotten, and to nobody else.
-- Columns: kind, value.
CREATE OR REPLACE TEMP TABLE forget_keys (kind VARCHAR NOT NULL, value VARCHAR NOT NULL)
