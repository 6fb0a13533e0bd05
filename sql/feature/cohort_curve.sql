-- Retention over all cohorts, by months since the first order.
-- In:  cohorts: the result of feature/cohort_retention.
-- Out: months_since, cohorts, customers_at_risk, mean_retention (each cohort counts once), pooled_retention (each customer
--      counts once). Only mature months of a cohort count.
-- part cohorts: (SELECT DATE '2020-01-01' AS cohort, 0 AS months_since, 1 AS cohort_customers, 1 AS customers, 1.0 AS retention, TRUE AS mature) AS cohorts
SELECT months_since,
  count(*) AS cohorts,
  CAST(sum(cohort_customers) AS BIGINT) AS customers_at_risk,
  avg(retention) AS mean_retention,
  sum(customers) / CAST(sum(cohort_customers) AS DOUBLE PRECISION) AS pooled_retention
FROM {{cohorts}}
WHERE mature
GROUP BY months_since
ORDER BY months_since
