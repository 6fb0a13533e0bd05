-- Who enters and who leaves the segments of the plan; of whom leaves the row of the stay that ends.
-- after segment/plan
-- after segment/held_begin
CREATE OR REPLACE TEMP TABLE segment_entering AS SELECT segment_no, customer_id FROM segment_compared WHERE enters;
CREATE OR REPLACE TEMP TABLE segment_leaving AS
SELECT c.segment_no, c.customer_id, m.rowid AS member FROM segment_members AS m
JOIN (FROM segment_compared WHERE NOT enters) AS c ON c.customer_id = m.customer_id AND c.segment_no = m.segment_no
WHERE m.exited_at IS NULL
