-- Customers whose rows time moves into or out of a window.
-- after segment/scope
-- part moved: SELECT customer_id FROM customer_features
INSERT INTO segment_scope SELECT CAST(customer_id AS VARCHAR) FROM ({{moved}})
