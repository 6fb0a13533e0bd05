-- Cohorts by month of the first order: who came back, and what they spent, month by month.
-- In:  order_lines; only lines that make orders count (netted returns do not).
-- Out: cohort (first day of the month, local), months_since (0 = the month of the first order), cohort_customers,
--      customers (that ordered in that month), revenue, retention (customers / cohort_customers), mature.
--      Every month up to the one of the as-of instant has a row, also when nobody came back. A month that had not ended
--      at the as-of instant is not mature: its figures will still grow, and averages leave it out.
-- Parts: the lines that count, a line's local time, the as-of instant and its local time.
-- part lines: (SELECT *, 0 AS flags FROM order_items) AS order_lines
-- part order_mask: 127
-- part until_as_of: TRUE
-- part local_time: ordered_at
-- part as_of: max(ordered_at) + INTERVAL '1 day'
-- part local_as_of: as_of
WITH ordered AS (
  SELECT customer_id, ordered_at, amount FROM {{lines}}
  WHERE customer_id IS NOT NULL AND ordered_at IS NOT NULL AND (flags & {{order_mask}}) = 0
),
moment AS (
  SELECT {{as_of}} AS as_of FROM ordered
),
months AS (
  SELECT customer_id, CAST(date_trunc('month', {{local_time}}) AS DATE) AS month, sum(amount) AS revenue
  FROM ordered CROSS JOIN moment WHERE {{until_as_of}} GROUP BY 1, 2
),
first_months AS (
  SELECT customer_id, min(month) AS cohort FROM months GROUP BY customer_id
),
sizes AS (
  SELECT cohort, count(*) AS cohort_customers FROM first_months GROUP BY cohort
),
active AS (
  SELECT f.cohort, m.month, count(*) AS customers, sum(m.revenue) AS revenue
  FROM months m JOIN first_months f ON f.customer_id = m.customer_id GROUP BY f.cohort, m.month
),
ends AS (
  SELECT CAST(date_trunc('month', {{local_as_of}}) AS DATE) AS open_month, (SELECT min(month) FROM months) AS first_month,
    (SELECT max(month) FROM months) AS last_month
  FROM moment
),
calendar AS (
  SELECT CAST(first_month + n * INTERVAL '1 month' AS DATE) AS month, last_month, open_month
  FROM ends CROSS JOIN generate_series(0, 1200) AS steps(n)
  WHERE first_month + n * INTERVAL '1 month' <= last_month
)
SELECT s.cohort,
  CAST((extract(year FROM c.month) - extract(year FROM s.cohort)) * 12
     + extract(month FROM c.month) - extract(month FROM s.cohort) AS INTEGER) AS months_since,
  s.cohort_customers,
  coalesce(a.customers, 0) AS customers,
  CAST(coalesce(a.revenue, 0) AS DECIMAL(18, 4)) AS revenue,
  coalesce(a.customers, 0) / CAST(s.cohort_customers AS DOUBLE PRECISION) AS retention,
  c.month < c.open_month AS mature
FROM sizes s
JOIN calendar c ON c.month >= s.cohort
LEFT JOIN active a ON a.cohort = s.cohort AND a.month = c.month
ORDER BY s.cohort, months_since
