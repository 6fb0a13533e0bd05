-- How many people were known on keys of several.
-- after people/identity_working
-- after people/identity_seen
CREATE OR REPLACE TEMP TABLE identity_seen_counts AS
SELECT key, count(DISTINCT person) AS n FROM identity_sightings
WHERE person IS NOT NULL AND key IN (SELECT key FROM identity_seen WHERE first_person <> last_person)
GROUP BY key
