-- Keeps which segments those customers are in now who differ.
-- after segment/held_replace
DELETE FROM segment_held WHERE customer_id IN (SELECT customer_id FROM segment_now_held);
INSERT INTO segment_held FROM segment_now_held
