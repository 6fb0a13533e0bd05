-- The cohorts, with the sums of forgotten people (table forgotten_totals): the figures that the report shows.
-- Parts: the cohorts of those who remain (feature/cohort_retention.sql), the local time of the as-of instant.
-- part remaining: SELECT DATE '2024-01-01' AS cohort, 0 AS months_since, 1 AS cohort_customers, 1 AS customers, 1.0 AS revenue
-- part local_as_of: TIMESTAMP '2024-02-01'
-- Columns: cohort, months_since, cohort_customers, customers, revenue, retention, mature.
WITH remaining AS (
{{remaining}}
),
ends AS (
  SELECT CAST(date_trunc('month', {{local_as_of}}) AS DATE) AS open_month
),
cells AS (
  SELECT cohort, CAST(cohort + to_months(months_since) AS DATE) AS month, customers, revenue FROM remaining
  UNION ALL
  SELECT CAST(substr(item, 1, 7) || '-01' AS DATE), CAST(substr(item, 9, 7) || '-01' AS DATE), customers, revenue
  FROM forgotten_totals, ends WHERE scope = 'cohort' AND CAST(substr(item, 9, 7) || '-01' AS DATE) <= open_month
),
sums AS (
  SELECT cohort, month, sum(customers) AS customers, sum(revenue) AS revenue FROM cells GROUP BY cohort, month
),
sizes AS (
  SELECT cohort, customers AS cohort_customers FROM sums WHERE month = cohort
),
calendar AS (
  SELECT CAST(unnest(generate_series(min(month), max(month), INTERVAL '1 month')) AS DATE) AS month FROM sums
)
SELECT s.cohort, CAST(datediff('month', s.cohort, c.month) AS INTEGER) AS months_since,
  CAST(s.cohort_customers AS BIGINT) AS cohort_customers, CAST(coalesce(a.customers, 0) AS BIGINT) AS customers,
  CAST(coalesce(a.revenue, 0) AS DECIMAL(18, 4)) AS revenue,
  coalesce(a.customers, 0) / CAST(s.cohort_customers AS DOUBLE) AS retention,
  c.month < (SELECT open_month FROM ends) AS mature
FROM sizes AS s JOIN calendar AS c ON c.month >= s.cohort LEFT JOIN sums AS a ON a.cohort = s.cohort AND a.month = c.month
ORDER BY s.cohort, months_since
