-- Remembers everybody's signature.
-- after segment/signatures
CREATE OR REPLACE TABLE segment_inputs AS SELECT customer_id, signature FROM segment_signed
