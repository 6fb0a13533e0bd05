-- The table that people/analytics_choices_fill fills.
CREATE OR REPLACE TABLE analytics_choices AS
SELECT customer_id, CAST(NULL AS BOOLEAN) AS granted FROM consent_rows LIMIT 0
