-- Who is in which cluster by id, so that the next version can be matched. Rewrites cluster_members (customer_id, cluster).
CREATE OR REPLACE TABLE cluster_members AS
SELECT f.customer_id, c.cluster FROM customer_clusters AS c JOIN customer_features AS f USING (customer_no)
