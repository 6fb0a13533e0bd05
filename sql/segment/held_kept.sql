-- The same as the last refresh left it.
-- part words: CAST(0 AS BIGINT) AS w0
-- part held: (SELECT customer_id FROM segment_members)
CREATE OR REPLACE TEMP VIEW segment_was AS SELECT customer_id, {{words}} FROM {{held}} AS h
