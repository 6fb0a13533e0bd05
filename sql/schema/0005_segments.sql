-- Segments that people define (segments/*.yaml), their versions and their members with history, version 4. Executed
-- whenever a store is opened for writing. These tables are data: no run makes them anew.
-- Times named ..._at without more are moments of the data (as_of); recorded_at is the clock's.
INSERT OR IGNORE INTO store_migrations VALUES (4, now() AT TIME ZONE 'UTC');

-- One row a segment that ever was. A segment with an error has the members of its last good version.
CREATE TABLE IF NOT EXISTS segments (
  segment_no INTEGER NOT NULL, segment VARCHAR NOT NULL,
  form VARCHAR NOT NULL,                -- rule, list or sets
  title VARCHAR, title_ko VARCHAR, description VARCHAR, owner VARCHAR, tags VARCHAR, purpose VARCHAR,
  version INTEGER NOT NULL,             -- of the definition that its members are of; 0: it never had a good one
  members BIGINT NOT NULL,
  evaluated_at TIMESTAMP, recorded_at TIMESTAMP, -- when it last was good
  error VARCHAR, failed_at TIMESTAMP,   -- NULL: it is good
  unmatched BIGINT NOT NULL,            -- rows of a list that name no customer
  removed BOOLEAN NOT NULL);            -- its file is gone

-- Every definition that was good, as canonical YAML.
CREATE TABLE IF NOT EXISTS segment_versions (
  segment_no INTEGER NOT NULL, version INTEGER NOT NULL,
  hash VARCHAR NOT NULL,                -- of the definition, its macros and its list
  definition VARCHAR NOT NULL, valid_from TIMESTAMP NOT NULL, recorded_at TIMESTAMP NOT NULL, run VARCHAR NOT NULL);

-- When a customer was in a segment: from entered_at until before exited_at (NULL: still). Reasons: new (the segment
-- is), definition (it or one that it uses changed), data, time (only the as-of moment moved), gone (no longer a
-- customer of the analysis), removed (the segment's file is gone).
CREATE TABLE IF NOT EXISTS segment_members (
  segment_no INTEGER NOT NULL, customer_id VARCHAR NOT NULL,
  entered_at TIMESTAMP NOT NULL, entered_version INTEGER NOT NULL, entered_reason VARCHAR NOT NULL,
  exited_at TIMESTAMP, exited_version INTEGER, exited_reason VARCHAR);

-- Numbers that models give customers, for score('churn') in rules: data, which no run makes anew. The higher, the
-- more of what the model is named after.
CREATE TABLE IF NOT EXISTS customer_scores (
  model VARCHAR NOT NULL, customer_id VARCHAR NOT NULL, score DOUBLE NOT NULL, computed_at TIMESTAMP NOT NULL);

-- What the rules knew of each customer, rows apart, when all segments were last evaluated (src/rule/rule_signature.c);
-- only whose signature or rows changed since is asked again.
CREATE TABLE IF NOT EXISTS segment_inputs (customer_id VARCHAR NOT NULL, signature UBIGINT NOT NULL);

-- Whose rows imports brought or took since then; NULL: anybody's.
CREATE TABLE IF NOT EXISTS segment_changes (source VARCHAR NOT NULL, customer_id VARCHAR);

-- Beside them segment_held: which segments each customer is in now, a row a customer, a column of bits (w0, w1, ...) each 60
-- segments by number. Refreshes make it of the members and keep it (src/study/segment_held.h); it can be dropped at any time.
