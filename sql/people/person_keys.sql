-- Who every key belongs to, by name. Every column is stored in the one form that suits it: pseudonyms do not get smaller.
-- after people/identity_working
-- after schema/0001_store
-- after schema/0004_people
CREATE OR REPLACE TABLE person_keys (
  kind VARCHAR USING COMPRESSION dictionary, key VARCHAR USING COMPRESSION uncompressed,
  person VARCHAR USING COMPRESSION uncompressed, automatic VARCHAR USING COMPRESSION uncompressed,
  first_person VARCHAR USING COMPRESSION uncompressed);
INSERT INTO person_keys
WITH other AS (
  SELECT id, name FROM identity_people
  WHERE id IN (SELECT automatic FROM identity_result UNION SELECT first_person FROM identity_result))
SELECT k.kind, k.key, p.name AS person, a.name AS automatic, f.name AS first_person
FROM identity_result AS r
JOIN identity_keys AS k ON k.node = r.node
JOIN identity_people AS p ON p.id = r.person
LEFT JOIN other AS a ON a.id = r.automatic
LEFT JOIN other AS f ON f.id = r.first_person
