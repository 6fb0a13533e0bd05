-- What differs, gathered over lists, rules that everybody was asked and rules that some were asked.
-- part words: CAST(0 AS BIGINT) AS x0
CREATE OR REPLACE TEMP TABLE segment_flips AS SELECT CAST(NULL AS VARCHAR) AS customer_id, {{words}} LIMIT 0;
CREATE OR REPLACE TEMP TABLE segment_compared (segment_no INTEGER NOT NULL, customer_id VARCHAR NOT NULL, enters BOOLEAN NOT NULL)
