-- Rows that are found otherwise than by their columns, and texts that are put in place of others.
CREATE OR REPLACE TEMP TABLE forget_rows (relation VARCHAR NOT NULL, id BIGINT NOT NULL);
CREATE OR REPLACE TEMP TABLE forget_texts (relation VARCHAR NOT NULL, id BIGINT NOT NULL, text VARCHAR NOT NULL)
