-- The store, version 1. Ids are BIGINT where every id of a source is an integer, VARCHAR otherwise:
-- {{customer_id}}, {{order_id}} and {{product_id}} stand for those types.

CREATE TABLE IF NOT EXISTS store_meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);

-- One row a committed run.
CREATE TABLE IF NOT EXISTS runs (
  run VARCHAR PRIMARY KEY, started_at TIMESTAMP NOT NULL, finished_at TIMESTAMP NOT NULL,
  as_of TIMESTAMP, manifest VARCHAR NOT NULL);

-- What each step last ran on; a step runs again when its fingerprint changes.
CREATE TABLE IF NOT EXISTS steps (
  step VARCHAR PRIMARY KEY, fingerprint VARCHAR NOT NULL, run VARCHAR NOT NULL,
  seconds DOUBLE NOT NULL, detail VARCHAR NOT NULL);

-- One row a source file of the last run.
CREATE TABLE IF NOT EXISTS sources (
  source VARCHAR NOT NULL, file VARCHAR NOT NULL, target VARCHAR NOT NULL, format VARCHAR NOT NULL,
  encoding VARCHAR, bytes BIGINT NOT NULL, fingerprint VARCHAR NOT NULL,
  rows_read BIGINT NOT NULL, rows_accepted BIGINT NOT NULL, rows_rejected BIGINT NOT NULL);

-- The quarantine: rows that could not be read, never more than one row here per rejected row.
CREATE TABLE IF NOT EXISTS rejects (
  source VARCHAR NOT NULL, file VARCHAR NOT NULL, line BIGINT NOT NULL, column_name VARCHAR,
  value VARCHAR, reason VARCHAR NOT NULL);

-- Order lines as they were in the source, typed. Further source columns follow under their own names.
CREATE TABLE IF NOT EXISTS order_items (
  row_no BIGINT NOT NULL,           -- 1.. over all files of the source, in file order
  customer_id {{customer_id}}, order_id {{order_id}},
  ordered_at TIMESTAMP,             -- UTC
  product_id {{product_id}},
  description VARCHAR, category VARCHAR, status VARCHAR,
  quantity DECIMAL(18, 4), unit_price DECIMAL(18, 4), amount DECIMAL(18, 4), discount DECIMAL(18, 4));

CREATE TABLE IF NOT EXISTS products (
  product_id {{product_id}}, name VARCHAR, category VARCHAR, brand VARCHAR);

CREATE TABLE IF NOT EXISTS customers (customer_id {{customer_id}}, country VARCHAR);
