-- What is decided about people, by hand or by law, version 3. Executed whenever a store is opened for writing. These
-- tables are data: no run makes them anew.
INSERT OR IGNORE INTO store_migrations VALUES (3, now() AT TIME ZONE 'UTC');
