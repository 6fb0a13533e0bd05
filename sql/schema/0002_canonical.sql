-- The tables that a run makes, as the other queries expect them; a test prepares every query against them.
-- Runs create them with CREATE OR REPLACE from sources of the same columns, so this file is never run on a
-- project's store. Ids are BIGINT where every id of a project is an integer, VARCHAR otherwise:
-- {{customer_id}}, {{order_id}} and {{product_id}} stand for those types.

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
