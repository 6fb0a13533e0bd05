-- What rules know of each customer, rows apart. Texts of ids, as members are known by.
-- part values: recency_days
-- part rules: SELECT customer_id, recency_days FROM customer_features
CREATE OR REPLACE TEMP TABLE segment_signed AS
SELECT CAST(customer_id AS VARCHAR) AS customer_id, hash({{values}}) AS signature FROM ({{rules}})
