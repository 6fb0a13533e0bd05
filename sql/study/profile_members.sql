-- Every customer with the positions of its segments, from 0, for the profiles.
CREATE OR REPLACE TEMP TABLE profile_members AS
SELECT customer_features.customer_no, customer_features.customer_id, CAST(customer_rfm.segment AS INTEGER) AS rfm,
       CAST(customer_clusters.cluster - 1 AS INTEGER) AS cluster
FROM customer_features LEFT JOIN customer_rfm USING (customer_no) LEFT JOIN customer_clusters USING (customer_no)
