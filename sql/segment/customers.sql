-- Customers as rules see them, one row each.
-- part columns: f.customer_id, f.recency_days
-- part rfm_names: (VALUES (0, 'Champions', '챔피언')) AS n(segment, name, name_ko)
-- part cluster_names: (VALUES (1, 'Cluster 1')) AS c(cluster, name)
CREATE OR REPLACE TEMP VIEW segment_customers AS
SELECT {{columns}}
FROM customer_features AS f
LEFT JOIN (SELECT r.customer_no, CAST(r.recency_score AS BIGINT) AS recency_score,
             CAST(r.frequency_score AS BIGINT) AS frequency_score, CAST(r.monetary_score AS BIGINT) AS monetary_score,
             n.name AS rfm, n.name_ko AS rfm_ko
           FROM customer_rfm AS r JOIN {{rfm_names}} ON n.segment = r.segment) AS r USING (customer_no)
LEFT JOIN (SELECT k.customer_no, c.name AS cluster_name
           FROM customer_clusters AS k JOIN {{cluster_names}} ON c.cluster = k.cluster) AS k USING (customer_no)
