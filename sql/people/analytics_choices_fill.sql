-- after people/consent_states
-- Who said anything about analytics, and what holds of it. Parts: moment (UTC, a literal: bound, its type is lost where
-- the engine plans the rows of several sources twice).
-- part moment: make_timestamp(0)
-- Columns: customer_id (of the person), granted.
INSERT INTO analytics_choices
SELECT customer_id, (any_said & 1) = 0 AS granted FROM consent_states({{moment}}) WHERE purpose = 'analytics' AND any_said IS NOT NULL
