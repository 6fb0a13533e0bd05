-- Scores, segment and cluster of a person. $1 the person as text.
-- Columns: recency_score, frequency_score, monetary_score, segment (its number), cluster.
SELECT customer_rfm.* EXCLUDE (customer_no), customer_clusters.cluster
FROM customer_features JOIN customer_rfm USING (customer_no) LEFT JOIN customer_clusters USING (customer_no)
WHERE CAST(customer_features.customer_id AS VARCHAR) = $1
