-- The last version's cluster of each present customer. Columns: customer_no, cluster (from 0).
SELECT f.customer_no, CAST(m.cluster - 1 AS INTEGER) AS cluster
FROM customer_features AS f JOIN cluster_members AS m ON CAST(f.customer_id AS VARCHAR) = CAST(m.customer_id AS VARCHAR)
