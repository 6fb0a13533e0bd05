-- Links between keys of a person, the used ones first. $1 person. Columns: source (null: resemblance), left_kind,
-- left_key, right_kind, right_key, rows, first_seen, last_seen, state.
-- after schema/0001_store
-- after schema/0004_people
SELECT l.*
FROM identity_links AS l
WHERE EXISTS (SELECT 1 FROM person_keys AS k WHERE k.person = $1 AND k.kind = l.left_kind AND k.key = l.left_key)
  OR EXISTS (SELECT 1 FROM person_keys AS k WHERE k.person = $1 AND k.kind = l.right_kind AND k.key = l.right_key)
ORDER BY l.state = 'used' DESC, l.left_kind, length(l.left_key), l.left_key, l.right_kind, length(l.right_key),
  l.right_key, l.source
