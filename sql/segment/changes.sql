-- Who enters and who leaves the segments of the plan.
-- after segment/compared
CREATE OR REPLACE TEMP TABLE segment_entering AS SELECT segment_no, customer_id FROM segment_compared
WHERE member IS NULL;
CREATE OR REPLACE TEMP TABLE segment_leaving AS SELECT segment_no, customer_id, member FROM segment_compared
WHERE member IS NOT NULL
