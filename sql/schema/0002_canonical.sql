-- The tables that a run makes, as the other queries expect them; a test prepares every query against them.
-- Runs create them with CREATE OR REPLACE from sources of the same columns, so this file is never run on a
-- project's store. Ids are BIGINT where every id of a project is an integer, VARCHAR otherwise:
-- {{customer_id}}, {{order_id}} and {{product_id}} stand for those types.
-- Columns that say who somebody is (email, phone, person_name, address, resident_number, card_number: UUID pseudonyms;
-- loyalty_card, device_id, anonymous_id, hashed_email) are no attributes: they stay in source_<name>, and only events
-- keep anonymous_id. What "further columns" says below is said of the others.

-- Order lines as they were in the sources, typed. Further source columns follow under their own names.
CREATE TABLE order_items (
  row_no BIGINT NOT NULL,           -- 1.. over all files of a source, in file order
  customer_id {{customer_id}}, order_id {{order_id}},
  ordered_at TIMESTAMP,             -- UTC
  product_id {{product_id}},
  description VARCHAR, category VARCHAR, status VARCHAR,
  quantity DECIMAL(18, 4), unit_price DECIMAL(18, 4), amount DECIMAL(18, 4), discount DECIMAL(18, 4));

CREATE TABLE products (product_id {{product_id}}, name VARCHAR, category VARCHAR, brand VARCHAR);

CREATE TABLE customers (customer_id {{customer_id}}, country VARCHAR);

-- What visitors did on a site or in an app. Tables from here to market are there where a source has them; ids other
-- than the three above are BIGINT where all of them are integers.
CREATE TABLE events (
  message_id VARCHAR, customer_id {{customer_id}},
  anonymous_id VARCHAR,             -- cookie or device before a log-in
  session_id VARCHAR, event VARCHAR,
  occurred_at TIMESTAMP,            -- UTC, as every time here
  product_id {{product_id}}, order_id {{order_id}}, page VARCHAR, device VARCHAR,
  utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR, amount DECIMAL(18, 4));

-- One row a message sent, opened, clicked or converted: event is 'send', 'open', 'click', 'conversion', or the
-- source's own word.
CREATE TABLE engagements (
  campaign_id VARCHAR, message_id VARCHAR, customer_id {{customer_id}}, channel VARCHAR,
  variant VARCHAR,                  -- arm of an experiment
  event VARCHAR, occurred_at TIMESTAMP, order_id {{order_id}}, amount DECIMAL(18, 4));

CREATE TABLE reviews (
  customer_id {{customer_id}}, order_id {{order_id}}, product_id {{product_id}}, reviewed_at TIMESTAMP,
  rating DECIMAL(18, 4), title VARCHAR, text VARCHAR);

-- One row a filled-in survey, or one an answer; scales of one row a person follow under their own names.
CREATE TABLE surveys (
  survey_id VARCHAR, customer_id {{customer_id}}, answered_at TIMESTAMP,
  nps DECIMAL(18, 4),               -- would recommend, 0..10
  rating DECIMAL(18, 4), question VARCHAR, answer VARCHAR, text VARCHAR);

-- What was agreed to and withdrawn; of one purpose and channel the latest counts.
CREATE TABLE consents (
  customer_id {{customer_id}}, purpose VARCHAR, channel VARCHAR, granted BOOLEAN, decided_at TIMESTAMP,
  source VARCHAR, text_version VARCHAR);

CREATE TABLE regions (
  region_code VARCHAR, country VARCHAR, region VARCHAR, district VARCHAR, latitude DOUBLE, longitude DOUBLE,
  population DECIMAL(18, 4));

-- Size and growth of the market of a category or region in a period, and the share of each competitor.
CREATE TABLE market (
  category VARCHAR, region VARCHAR, region_code VARCHAR, period VARCHAR,
  market_size DECIMAL(18, 4), growth DOUBLE, competitor VARCHAR, competitor_share DOUBLE);

-- Scores 1..5; `segment` is the position in the project's list of RFM segments.
CREATE TABLE customer_rfm (
  customer_no INTEGER NOT NULL, recency_score TINYINT NOT NULL, frequency_score TINYINT NOT NULL,
  monetary_score TINYINT NOT NULL, segment SMALLINT NOT NULL);

CREATE TABLE customer_clusters (customer_no INTEGER NOT NULL, cluster SMALLINT NOT NULL);

-- The same by id, kept for the next version of the clusters to be matched with.
CREATE TABLE cluster_members (customer_id {{customer_id}}, cluster SMALLINT NOT NULL);

-- What the cleaning rules make of order_items (sql/data/order_lines.sql).
CREATE VIEW order_lines AS SELECT *, CAST(0 AS INTEGER) AS flags FROM order_items;

-- The catalogue's features follow as further columns.
CREATE TABLE customer_features (
  customer_no INTEGER NOT NULL, customer_id {{customer_id}}, recency_days INTEGER, orders INTEGER,
  monetary DECIMAL(18, 4), first_order_at TIMESTAMP, last_order_at TIMESTAMP);

-- Every customer with its segments, while profiles are made (sql/study/profile_members.sql).
CREATE TABLE profile_members (
  customer_no INTEGER NOT NULL, customer_id {{customer_id}}, rfm INTEGER, cluster INTEGER);

-- Names of the RFM segments, beside the scores of a plain file.
CREATE TABLE rfm_segment_names (segment INTEGER, name VARCHAR, name_ko VARCHAR);

-- Repaired records of a source while it is checked, converted, and those of them that come back (sql/contract).
CREATE TABLE staging_repairs AS SELECT * EXCLUDE (row_no), CAST(NULL AS VARCHAR) AS gyeol_id FROM order_items;
CREATE TABLE staging_restored (row_no BIGINT, id VARCHAR);

-- Everything that was said about consents, whatever it came from, in one form (src/people/consent_views.c). Rows that
-- are in force nowhere are here too: without `granted`, with another word for purpose or channel, in the future.
CREATE VIEW consent_rows AS SELECT customer_id, CAST(NULL AS UUID) AS email, CAST(NULL AS UUID) AS phone, purpose, channel,
  granted, decided_at, source, text_version, CAST('consents' AS VARCHAR) AS origin FROM consents;

-- Whose e-mail address or phone number it is, as the sources say: kind 'email' or 'phone'.
CREATE TABLE consent_keys (kind VARCHAR, key UUID, customer_id {{customer_id}});

-- What is known of the purpose analytics, as of the last run.
CREATE TABLE analytics_choices (customer_id {{customer_id}}, granted BOOLEAN);
