-- Who was known when, on keys of several people; of several at one moment the lowest id.
-- after people/identity_seen_counts
CREATE OR REPLACE TEMP TABLE identity_seen_times AS
SELECT key, seen_at, min(person) AS person FROM identity_sightings
WHERE person IS NOT NULL AND seen_at IS NOT NULL AND key IN (SELECT key FROM identity_seen_counts)
GROUP BY key, seen_at
