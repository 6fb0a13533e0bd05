-- What the people to be forgotten add to the figures of reports; sql/schema/0004_people.sql says what the scopes are.
-- after people/forget_shared_orders
-- part makes_order: flags = 0
-- part mine: true
-- part as_of_us: 0
-- part active_days: 90
-- Columns: those of forgotten_totals.
CREATE OR REPLACE TEMP TABLE forget_totals AS
WITH lines AS (SELECT *, order_id NOT IN (SELECT order_id FROM forget_shared_orders) AS own FROM forget_lines),
     ordered AS (SELECT * FROM lines WHERE makes_order),
     people AS (SELECT customer_id, count(DISTINCT order_id) AS orders, min(month) AS cohort,
                       max(ordered_at) AS last_at FROM ordered GROUP BY customer_id),
     begun AS (SELECT customer_id, order_id, min(month) AS month FROM ordered WHERE order_id IS NOT NULL
               GROUP BY ALL),
     remaining AS (SELECT min(l.ordered_at) AS first_at, max(l.ordered_at) AS last_at FROM order_lines AS l
                   WHERE {{makes_order}} AND NOT coalesce({{mine}}, false)),
     sums AS (
  SELECT 'total' AS scope, '' AS item, count(*) AS lines, count(*) FILTER (WHERE counts) AS lines_kept,
         sum(amount) FILTER (WHERE counts) AS revenue,
         count(DISTINCT order_id) FILTER (WHERE makes_order AND own) AS orders,
         (SELECT sum(orders) FROM people) AS customer_orders, (SELECT count(*) FROM people) AS customers,
         CAST(0 AS BIGINT) AS new_customers, CAST(NULL AS TIMESTAMP) AS moment FROM lines
  UNION ALL BY NAME SELECT 'repeat' AS scope, '' AS item, count(*) AS customers FROM people WHERE orders >= 2
  UNION ALL BY NAME
  SELECT 'active' AS scope, '{{as_of_us}}' AS item, count(*) AS customers FROM people
  WHERE epoch_us(last_at) > {{as_of_us}} - ({{active_days}} + 1) * 86400000000
  UNION ALL BY NAME
  SELECT 'rule' AS scope, CAST(bit AS VARCHAR) AS item, count(*) AS lines, sum(amount) AS revenue
  FROM lines JOIN (SELECT unnest([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]) AS bit) ON (flags & bit) <> 0 GROUP BY bit
  UNION ALL BY NAME
  SELECT 'month' AS scope, month AS item, sum(amount) AS revenue,
         count(DISTINCT order_id) FILTER (WHERE makes_order AND own) AS orders,
         count(DISTINCT customer_id) FILTER (WHERE makes_order) AS customers
  FROM lines WHERE counts GROUP BY month
  UNION ALL BY NAME
  SELECT 'month' AS scope, cohort AS item, count(*) AS new_customers FROM people GROUP BY cohort
  UNION ALL BY NAME
  SELECT 'cohort' AS scope, cohort || ' ' || month AS item, sum(amount) AS revenue,
         count(DISTINCT customer_id) AS customers
  FROM ordered JOIN people USING (customer_id) GROUP BY cohort, month
  UNION ALL BY NAME
  SELECT 'cohort' AS scope, cohort || ' ' || month AS item, count(*) AS orders
  FROM begun JOIN people USING (customer_id) GROUP BY cohort, month
  UNION ALL BY NAME
  SELECT 'product' AS scope, coalesce(CAST(product_id AS VARCHAR), '') AS item, sum(amount) AS revenue,
         count(DISTINCT order_id) FILTER (WHERE own) AS orders, count(DISTINCT customer_id) AS customers
  FROM ordered GROUP BY product_id
  UNION ALL BY NAME
  SELECT 'category' AS scope, category AS item, sum(amount) AS revenue,
         count(DISTINCT order_id) FILTER (WHERE own) AS orders, count(DISTINCT customer_id) AS customers
  FROM ordered WHERE category IS NOT NULL GROUP BY category
  UNION ALL BY NAME
  SELECT 'first_order' AS scope, '' AS item, min(ordered_at) AS moment FROM ordered
  HAVING min(ordered_at) < (SELECT coalesce(first_at, TIMESTAMP 'infinity') FROM remaining)
  UNION ALL BY NAME
  SELECT 'last_order' AS scope, '' AS item, max(ordered_at) AS moment FROM ordered
  HAVING max(ordered_at) > (SELECT coalesce(last_at, TIMESTAMP '-infinity') FROM remaining))
SELECT scope, item, CAST(coalesce(sum(lines), 0) AS BIGINT) AS lines,
       CAST(coalesce(sum(lines_kept), 0) AS BIGINT) AS lines_kept,
       CAST(coalesce(sum(revenue), 0) AS DECIMAL(38, 4)) AS revenue,
       CAST(coalesce(sum(orders), 0) AS BIGINT) AS orders,
       CAST(coalesce(sum(customer_orders), 0) AS BIGINT) AS customer_orders,
       CAST(coalesce(sum(customers), 0) AS BIGINT) AS customers,
       CAST(coalesce(sum(new_customers), 0) AS BIGINT) AS new_customers, max(moment) AS moment
FROM sums WHERE item IS NOT NULL GROUP BY scope, item
