-- Keeps which segments each customer is in now.
-- after segment/held_now
CREATE OR REPLACE TABLE segment_held AS FROM segment_now_held
