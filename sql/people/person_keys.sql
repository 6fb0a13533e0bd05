-- Who every key belongs to, by name. Keys are stored as they are: pseudonyms do not get smaller.
-- after people/identity_working
-- after schema/0001_store
-- after schema/0004_people
CREATE OR REPLACE TABLE person_keys (
  kind VARCHAR USING COMPRESSION dictionary, key VARCHAR USING COMPRESSION uncompressed,
  person VARCHAR USING COMPRESSION uncompressed, automatic VARCHAR, first_person VARCHAR);
INSERT INTO person_keys
SELECT k.kind, k.key, p.name AS person, a.name AS automatic, f.name AS first_person
FROM identity_result AS r
JOIN identity_keys AS k ON k.node = r.node
JOIN identity_people AS p ON p.id = r.person
LEFT JOIN identity_people AS a ON a.id = r.automatic
LEFT JOIN identity_people AS f ON f.id = r.first_person
