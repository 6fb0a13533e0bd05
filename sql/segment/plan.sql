-- What is evaluated: one row a segment, filled by the code.
CREATE OR REPLACE TEMP TABLE segment_plan (segment_no INTEGER NOT NULL, version INTEGER NOT NULL, reason VARCHAR NOT NULL);
-- Who is in which of them.
CREATE OR REPLACE TEMP TABLE segment_next (segment_no INTEGER NOT NULL, customer_id VARCHAR NOT NULL);
-- Rows of lists, as they are in the files.
CREATE OR REPLACE TEMP TABLE segment_listed (segment_no INTEGER NOT NULL, line BIGINT NOT NULL, customer_id VARCHAR)
