-- Clusters with their customers and revenue. Columns: cluster, customers, customer_share, revenue, revenue_share.
SELECT CAST(cluster AS INTEGER) AS cluster, count(*) AS customers,
       CAST(count(*) / sum(count(*)) OVER () AS DOUBLE) AS customer_share,
       sum(monetary) AS revenue,
       CAST(coalesce(sum(monetary) / nullif(sum(sum(monetary)) OVER (), 0), 0) AS DOUBLE) AS revenue_share
FROM customer_clusters JOIN customer_features USING (customer_no)
GROUP BY cluster ORDER BY cluster
