-- SPDX-License-Identifier: Apache-2.0
-- The tables of a store as version 3 made them, and what people had decided in it. Never to be changed.

CREATE TABLE IF NOT EXISTS store_migrations (version INTEGER PRIMARY KEY, applied_at TIMESTAMP NOT NULL);
INSERT OR IGNORE INTO store_migrations VALUES (1, now() AT TIME ZONE 'UTC');

CREATE TABLE IF NOT EXISTS store_schema (digest VARCHAR NOT NULL);

CREATE TABLE IF NOT EXISTS runs (
  run VARCHAR PRIMARY KEY, started_at TIMESTAMP NOT NULL, manifest VARCHAR NOT NULL);

CREATE TABLE IF NOT EXISTS steps (
  step VARCHAR PRIMARY KEY, fingerprint VARCHAR NOT NULL, run VARCHAR NOT NULL,
  seconds DOUBLE NOT NULL, detail VARCHAR NOT NULL);

CREATE TABLE IF NOT EXISTS rejects (
  source VARCHAR NOT NULL, file VARCHAR NOT NULL, line BIGINT NOT NULL, column_name VARCHAR,
  value VARCHAR, reason VARCHAR NOT NULL);

ALTER TABLE rejects ADD COLUMN IF NOT EXISTS id VARCHAR;
ALTER TABLE rejects ADD COLUMN IF NOT EXISTS record VARCHAR;
ALTER TABLE rejects ADD COLUMN IF NOT EXISTS rule VARCHAR;
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

CREATE TABLE IF NOT EXISTS duplicates (
  source VARCHAR NOT NULL, row_no BIGINT NOT NULL, kind VARCHAR NOT NULL,
  kept_source VARCHAR NOT NULL, kept_row_no BIGINT NOT NULL);
INSERT OR IGNORE INTO store_migrations VALUES (3, now() AT TIME ZONE 'UTC');

CREATE TABLE IF NOT EXISTS consent_ledger (
  entry BIGINT NOT NULL,                -- rises with every row that is taken in
  customer_id VARCHAR, email UUID, phone UUID,
  purpose VARCHAR NOT NULL, channel VARCHAR NOT NULL, granted BOOLEAN NOT NULL,
  decided_at TIMESTAMP,                 -- UTC; NULL: not known, and older than every time that is
  source VARCHAR, text_version VARCHAR,
  origin VARCHAR NOT NULL,              -- 'hand', or the file's name
  recorded_at TIMESTAMP NOT NULL);

CREATE TABLE IF NOT EXISTS retention_cutoffs (
  source VARCHAR NOT NULL, cutoff TIMESTAMP NOT NULL, effective TIMESTAMP, expired BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS identity_decisions (
  decision BIGINT NOT NULL, action VARCHAR NOT NULL,
  left_kind VARCHAR NOT NULL, left_key VARCHAR NOT NULL, right_kind VARCHAR NOT NULL, right_key VARCHAR NOT NULL,
  reason VARCHAR, decided_at TIMESTAMP NOT NULL,
  undone_at TIMESTAMP); -- NULL: it holds

CREATE TABLE IF NOT EXISTS identity_fuzzy_links (
  left_kind VARCHAR NOT NULL, left_key VARCHAR NOT NULL, right_kind VARCHAR NOT NULL, right_key VARCHAR NOT NULL,
  weight DOUBLE NOT NULL, decision VARCHAR NOT NULL, -- match | review | non-match: kept apart though they share a key |
                                                     -- contradiction: the same, by name, birth and gender
  probability DOUBLE, evidence VARCHAR);             -- bits by field, without values

CREATE TABLE IF NOT EXISTS person_keys (
  kind VARCHAR, key VARCHAR, person VARCHAR, automatic VARCHAR, first_person VARCHAR);
CREATE TABLE IF NOT EXISTS identity_sequence (next_guest BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS identity_links (
  source VARCHAR, left_kind VARCHAR, left_key VARCHAR, right_kind VARCHAR, right_key VARCHAR,
  "rows" BIGINT, first_seen TIMESTAMP, last_seen TIMESTAMP, state VARCHAR);

CREATE TABLE IF NOT EXISTS identity_blocked (kind VARCHAR, key VARCHAR, reason VARCHAR, n BIGINT);

CREATE TABLE IF NOT EXISTS forgotten_totals (
  scope VARCHAR NOT NULL, item VARCHAR NOT NULL, lines BIGINT NOT NULL, lines_kept BIGINT NOT NULL,
  revenue DECIMAL(38, 4) NOT NULL, orders BIGINT NOT NULL, customer_orders BIGINT NOT NULL,
  customers BIGINT NOT NULL, new_customers BIGINT NOT NULL, moment TIMESTAMP);

CREATE TABLE IF NOT EXISTS forgettings (
  receipt VARCHAR PRIMARY KEY, forgotten_at TIMESTAMP NOT NULL, people BIGINT NOT NULL, removed VARCHAR NOT NULL);

INSERT INTO store_schema VALUES ('of version 3');
INSERT INTO runs VALUES ('2026-01-01T00-00-00Z', TIMESTAMP '2026-01-01', '{}');
INSERT INTO consent_ledger VALUES
  (1, '103', NULL, NULL, 'analytics', '*', FALSE, TIMESTAMP '2024-01-02', 'shop', 'v1', 'hand', TIMESTAMP '2024-01-02 03:04:05'),
  (2, '104', NULL, NULL, 'marketing', 'email', TRUE, NULL, NULL, NULL, 'list.csv', TIMESTAMP '2024-02-02');
INSERT INTO identity_decisions VALUES
  (1, 'merge', 'customer_id', '105', 'customer_id', '106', 'the same household', TIMESTAMP '2024-03-01', NULL);
INSERT INTO forgotten_totals VALUES ('total', '', 3, 3, 30.5, 2, 2, 1, 1, NULL);
