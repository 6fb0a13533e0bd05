-- Segments of the store with their sizes; NULL in $1: all of them, else one. $1 its name.
-- Columns: name, title, title_ko, kind, description, owner, tags, purpose, version, customers, share, revenue,
-- revenue_share, revenue_per_customer, evaluated_at, recorded_at, error, failed_at, unmatched, segment_no.
WITH held AS (
  SELECT m.segment_no, count(*) AS customers, sum(f.monetary) AS revenue
  FROM segment_members AS m JOIN customer_features AS f ON CAST(f.customer_id AS VARCHAR) = m.customer_id
  WHERE m.exited_at IS NULL GROUP BY m.segment_no),
everybody AS (SELECT count(*) AS customers, sum(monetary) AS revenue FROM customer_features)
SELECT s.segment AS name, s.title, s.title_ko, s.form AS kind, s.description, s.owner, s.tags, s.purpose, s.version,
  coalesce(h.customers, 0) AS customers, coalesce(h.customers, 0) / nullif(CAST(e.customers AS DOUBLE), 0) AS share,
  CAST(coalesce(h.revenue, 0) AS DECIMAL(18, 4)) AS revenue,
  CAST(coalesce(h.revenue, 0) AS DOUBLE) / nullif(CAST(e.revenue AS DOUBLE), 0) AS revenue_share,
  CAST(CAST(h.revenue AS DOUBLE) / h.customers AS DECIMAL(18, 4)) AS revenue_per_customer,
  s.evaluated_at, s.recorded_at, s.error, s.failed_at, s.unmatched, s.segment_no
FROM segments AS s CROSS JOIN everybody AS e LEFT JOIN held AS h ON h.segment_no = s.segment_no
WHERE NOT s.removed AND ($1 IS NULL OR s.segment = $1)
ORDER BY s.segment
