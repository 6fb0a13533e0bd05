-- What is evaluated: one row a segment, filled by the code.
CREATE OR REPLACE TEMP TABLE segment_plan (segment_no INTEGER NOT NULL, version INTEGER NOT NULL, reason VARCHAR NOT NULL,
  scoped BOOLEAN NOT NULL); -- only those of segment_scope were asked
CREATE TEMP TABLE IF NOT EXISTS segment_scope (customer_id VARCHAR);
-- Who is in which of them.
CREATE OR REPLACE TEMP TABLE segment_next (segment_no INTEGER NOT NULL, customer_id VARCHAR NOT NULL);
-- Rows of lists, as they are in the files.
CREATE OR REPLACE TEMP TABLE segment_listed (segment_no INTEGER NOT NULL, line BIGINT NOT NULL, customer_id VARCHAR)
