-- Cookies or devices and the lowest and highest id of a person known on each.
-- after people/identity_working
CREATE OR REPLACE TEMP TABLE identity_seen AS
SELECT key, min(person) AS first_person, max(person) AS last_person
FROM identity_sightings WHERE person IS NOT NULL GROUP BY key
