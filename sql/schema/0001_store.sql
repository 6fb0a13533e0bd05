-- The store's own bookkeeping, version 1. Executed whenever a store is opened for writing.

CREATE TABLE IF NOT EXISTS store_migrations (version INTEGER PRIMARY KEY, applied_at TIMESTAMP NOT NULL);
INSERT OR IGNORE INTO store_migrations VALUES (1, now() AT TIME ZONE 'UTC');

-- One row: a hash of the texts that made these tables, so that they are not executed again on what they made.
CREATE TABLE IF NOT EXISTS store_schema (digest VARCHAR NOT NULL);

-- One row a committed run; `manifest` is the JSON that `gyeol run --json` prints.
CREATE TABLE IF NOT EXISTS runs (
  run VARCHAR PRIMARY KEY, started_at TIMESTAMP NOT NULL, manifest VARCHAR NOT NULL);

-- What each step last ran on, and what it measured (JSON); a step runs again when its fingerprint changes.
CREATE TABLE IF NOT EXISTS steps (
  step VARCHAR PRIMARY KEY, fingerprint VARCHAR NOT NULL, run VARCHAR NOT NULL,
  seconds DOUBLE NOT NULL, detail VARCHAR NOT NULL);

-- The quarantine: rows that could not be read, one row here a rejected row.
CREATE TABLE IF NOT EXISTS rejects (
  source VARCHAR NOT NULL, file VARCHAR NOT NULL, line BIGINT NOT NULL, column_name VARCHAR,
  value VARCHAR, reason VARCHAR NOT NULL);

-- Version 2: what a rejected row is called (import_record.h), the whole of it as JSON, and the contract that
-- moved it (NULL: it could not be read).
ALTER TABLE rejects ADD COLUMN IF NOT EXISTS id VARCHAR;
ALTER TABLE rejects ADD COLUMN IF NOT EXISTS record VARCHAR;
ALTER TABLE rejects ADD COLUMN IF NOT EXISTS rule VARCHAR;
