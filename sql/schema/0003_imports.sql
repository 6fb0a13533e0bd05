-- What is known of every file that was copied into the store, version 2. Executed whenever a store is opened for
-- writing. A file whose state or content is still the same is not read again; one that grew is read on from
-- end_offset. Rows of file n carry 2n in the column gy_file of their source's table, those behind its end 2n + 1.
INSERT OR IGNORE INTO store_migrations VALUES (2, now() AT TIME ZONE 'UTC');

CREATE TABLE IF NOT EXISTS import_files (
  source VARCHAR NOT NULL, place INTEGER NOT NULL, -- in the order in which the source's files are read
  file_no INTEGER NOT NULL, path VARCHAR NOT NULL,
  reading VARCHAR NOT NULL,                        -- hash of everything that says how the source's files are read
  content VARCHAR NOT NULL,                        -- hash of all bytes
  n_bytes BIGINT NOT NULL, inode BIGINT NOT NULL, modified_ns BIGINT NOT NULL,
  changed_ns BIGINT NOT NULL,                      -- 0: too near to the import to be relied on
  format VARCHAR NOT NULL, encoding VARCHAR NOT NULL,
  end_offset BIGINT NOT NULL, end_line BIGINT NOT NULL, newline VARCHAR NOT NULL, -- 0: cannot be read on
  text_ids VARCHAR NOT NULL,                       -- a letter a column: t where ids are no integers
  rows_read BIGINT NOT NULL, rows_rejected BIGINT NOT NULL,
  open_read BIGINT NOT NULL, open_rejected BIGINT NOT NULL, -- of these: behind the end
  rows_forgotten BIGINT DEFAULT 0, open_forgotten BIGINT DEFAULT 0); -- of people who were forgotten; neither of the two
ALTER TABLE import_files ADD COLUMN IF NOT EXISTS rows_forgotten BIGINT DEFAULT 0;
ALTER TABLE import_files ADD COLUMN IF NOT EXISTS open_forgotten BIGINT DEFAULT 0;

-- Rows that stand for the same thing as another one, which stays: they are put aside in aside_<source>. The kind
-- is exact, key, or source (the other one is in a source that comes first).
CREATE TABLE IF NOT EXISTS duplicates (
  source VARCHAR NOT NULL, row_no BIGINT NOT NULL, kind VARCHAR NOT NULL,
  kept_source VARCHAR NOT NULL, kept_row_no BIGINT NOT NULL);
