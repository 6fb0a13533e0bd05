-- The customers of one segment with scores and features.
-- part segment: customer_rfm.segment
-- part number: 0
-- Columns: customer_id, the three scores, cluster, then every feature.
SELECT customer_features.customer_id, customer_rfm.recency_score, customer_rfm.frequency_score,
       customer_rfm.monetary_score, customer_clusters.cluster,
       customer_features.* EXCLUDE (customer_no, customer_id)
FROM customer_features JOIN customer_rfm USING (customer_no) LEFT JOIN customer_clusters USING (customer_no)
WHERE {{segment}} = {{number}}
ORDER BY customer_features.customer_id
