-- A text that changes with the decisions that hold and the links of resemblance that are used.
-- after schema/0001_store
-- after schema/0004_people
SELECT (
  SELECT count(*) || ' ' || coalesce(bit_xor(hash(decision, action, left_kind, left_key, right_kind, right_key)), 0)
  FROM identity_decisions WHERE undone_at IS NULL) || ' ' || (
  SELECT count(*) || ' ' || coalesce(bit_xor(hash(decision, left_kind, left_key, right_kind, right_key)), 0)
  FROM identity_fuzzy_links WHERE decision IN ('match', 'non-match'))
