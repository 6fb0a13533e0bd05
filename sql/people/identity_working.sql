-- The working tables of one resolution, empty, as queries about them are prepared (src/people makes them of the
-- project's own types).
CREATE OR REPLACE TEMP TABLE identity_pairs (
  source INTEGER, a INTEGER, b INTEGER, n BIGINT, first_at TIMESTAMP, last_at TIMESTAMP);
CREATE OR REPLACE TEMP TABLE identity_shared (node INTEGER, n BIGINT, most INTEGER);
CREATE OR REPLACE TEMP TABLE identity_said (
  place INTEGER, node INTEGER, c0 VARCHAR, c1 VARCHAR, c2 VARCHAR);
CREATE OR REPLACE TEMP TABLE identity_keys (kind VARCHAR, key VARCHAR, node INTEGER);
CREATE OR REPLACE TEMP TABLE identity_result (
  node INTEGER, person INTEGER, automatic INTEGER, first_person INTEGER);
CREATE OR REPLACE TEMP TABLE identity_unused (a INTEGER, b INTEGER, state INTEGER);
CREATE OR REPLACE TEMP TABLE identity_people (id INTEGER, name VARCHAR);
CREATE OR REPLACE TEMP TABLE identity_sources (source INTEGER, name VARCHAR);
CREATE OR REPLACE TEMP TABLE identity_edges (a INTEGER, b INTEGER, n BIGINT, is_fuzzy BOOLEAN);
CREATE OR REPLACE TEMP TABLE identity_sightings (key VARCHAR, seen_at TIMESTAMP, person VARCHAR);
