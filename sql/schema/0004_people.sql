-- What is decided about people, by hand or by law, version 3. Executed whenever a store is opened for writing. These
-- tables are data: no run makes them anew.
INSERT OR IGNORE INTO store_migrations VALUES (3, now() AT TIME ZONE 'UTC');

-- Consents that were entered by hand or came in a file of their own (gyeol consent set, gyeol consent import). A row
-- names its person by a customer id as text, or by the pseudonym of an e-mail address or phone number.
CREATE TABLE IF NOT EXISTS consent_ledger (
  entry BIGINT NOT NULL,                -- rises with every row that is taken in
  customer_id VARCHAR, email UUID, phone UUID,
  purpose VARCHAR NOT NULL, channel VARCHAR NOT NULL, granted BOOLEAN NOT NULL,
  decided_at TIMESTAMP,                 -- UTC; NULL: not known, and older than every time that is
  source VARCHAR, text_version VARCHAR,
  origin VARCHAR NOT NULL,              -- 'hand', or the file's name
  recorded_at TIMESTAMP NOT NULL);

-- From when on rows of a source are kept (privacy.retention). effective: the cutoff at which rows of the source left last
-- without its being read anew; expired: how many rows are not kept.
CREATE TABLE IF NOT EXISTS retention_cutoffs (
  source VARCHAR NOT NULL, cutoff TIMESTAMP NOT NULL, effective TIMESTAMP, expired BIGINT NOT NULL);
-- Decisions on identity by hand. merge: both keys are one person; unmerge: they never are; pin: the right key belongs
-- to the person of the left one. A decision of several rows holds or is undone as a whole.
CREATE TABLE IF NOT EXISTS identity_decisions (
  decision BIGINT NOT NULL, action VARCHAR NOT NULL,
  left_kind VARCHAR NOT NULL, left_key VARCHAR NOT NULL, right_kind VARCHAR NOT NULL, right_key VARCHAR NOT NULL,
  reason VARCHAR, decided_at TIMESTAMP NOT NULL,
  undone_at TIMESTAMP); -- NULL: it holds

-- Links found by resemblance; those whose decision is 'match' are used, with the least trust.
CREATE TABLE IF NOT EXISTS identity_fuzzy_links (
  left_kind VARCHAR NOT NULL, left_key VARCHAR NOT NULL, right_kind VARCHAR NOT NULL, right_key VARCHAR NOT NULL,
  weight DOUBLE NOT NULL, decision VARCHAR NOT NULL, -- match | review | non-match: kept apart though they share a key |
                                                     -- contradiction: the same, by name, birth and gender
  probability DOUBLE, evidence VARCHAR);             -- bits by field, without values

-- Who every key belongs to. Made anew by runs from itself, so that ids of people stay: automatic is the id that the
-- person would have without decisions by hand, first_person the one that the key was first seen with; NULL: person.
CREATE TABLE IF NOT EXISTS person_keys (
  kind VARCHAR, key VARCHAR, person VARCHAR, automatic VARCHAR, first_person VARCHAR);
CREATE TABLE IF NOT EXISTS identity_sequence (next_guest BIGINT NOT NULL);

-- Why keys belong together: which source showed both on how many rows. state: used, or why the link is left out.
CREATE TABLE IF NOT EXISTS identity_links (
  source VARCHAR, left_kind VARCHAR, left_key VARCHAR, right_kind VARCHAR, right_key VARCHAR,
  "rows" BIGINT, first_seen TIMESTAMP, last_seen TIMESTAMP, state VARCHAR);

-- Keys that say nothing of who somebody is (reason shared: too many customers have it), and people that were too large
-- (reason too_large: key is one of n keys).
CREATE TABLE IF NOT EXISTS identity_blocked (kind VARCHAR, key VARCHAR, reason VARCHAR, n BIGINT);

-- What forgotten people add to the figures that reports show: sums over all of them, never a row a person
-- (docs/privacy.md says which figures keep and which follow). Scopes and their items:
--   total; repeat, customers with two orders; active, customers, by the as-of moment in microseconds
--   rule, a cleaning rule; month, YYYY-MM; cohort, YYYY-MM YYYY-MM of first order and month
--   product, its id; category; first_order and last_order, a moment that no remaining order reaches
CREATE TABLE IF NOT EXISTS forgotten_totals (
  scope VARCHAR NOT NULL, item VARCHAR NOT NULL, lines BIGINT NOT NULL, lines_kept BIGINT NOT NULL,
  revenue DECIMAL(38, 4) NOT NULL, orders BIGINT NOT NULL, customer_orders BIGINT NOT NULL,
  customers BIGINT NOT NULL, new_customers BIGINT NOT NULL, moment TIMESTAMP);

-- One row a forgetting that the store has gone through: its receipt, and rows removed by table (JSON).
CREATE TABLE IF NOT EXISTS forgettings (
  receipt VARCHAR PRIMARY KEY, forgotten_at TIMESTAMP NOT NULL, people BIGINT NOT NULL, removed VARCHAR NOT NULL);

-- At most one row: the vault that this store was written beside, its generation, and how many tombstones there were
-- (src/study/store_vault.h).
CREATE TABLE IF NOT EXISTS store_vault (vault VARCHAR NOT NULL, generation BIGINT NOT NULL, forgotten BIGINT NOT NULL);
