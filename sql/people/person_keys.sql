-- Who every key belongs to, by name.
-- after people/identity_working
CREATE OR REPLACE TABLE person_keys AS
SELECT k.kind, k.key, p.name AS person, a.name AS automatic, f.name AS first_person
FROM identity_result AS r
JOIN identity_keys AS k ON k.node = r.node
JOIN identity_people AS p ON p.id = r.person
LEFT JOIN identity_people AS a ON a.id = r.automatic
LEFT JOIN identity_people AS f ON f.id = r.first_person
