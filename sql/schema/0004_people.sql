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
