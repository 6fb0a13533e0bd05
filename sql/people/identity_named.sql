-- Keys that decisions by hand and links of resemblance name.
-- after schema/0001_store
-- after schema/0004_people
CREATE OR REPLACE TEMP TABLE identity_named AS
SELECT left_kind AS kind, left_key AS key FROM identity_decisions WHERE undone_at IS NULL
UNION SELECT right_kind, right_key FROM identity_decisions WHERE undone_at IS NULL
UNION SELECT left_kind, left_key FROM identity_fuzzy_links WHERE decision IN ('match', 'non-match')
UNION SELECT right_kind, right_key FROM identity_fuzzy_links WHERE decision IN ('match', 'non-match')
