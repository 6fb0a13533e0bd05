-- after people/consent_states
-- Who said anything about analytics, and what holds of it. $1 the moment (UTC). Columns: customer_id (of the person),
-- granted.
INSERT INTO analytics_choices
SELECT customer_id, (any_said & 1) = 0 AS granted FROM consent_states($1) WHERE purpose = 'analytics' AND any_said IS NOT NULL
