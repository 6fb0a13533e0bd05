-- Who must be asked again: they, and those whose rows changed.
-- after segment/resigned
CREATE OR REPLACE TEMP TABLE segment_scope AS
SELECT customer_id FROM segment_resigned
UNION SELECT customer_id FROM segment_changes WHERE customer_id IS NOT NULL
