-- Rows of a file of scores, while they are taken in.
CREATE OR REPLACE TEMP TABLE scores_given (row BIGINT NOT NULL, customer_id VARCHAR NOT NULL, score DOUBLE NOT NULL)
