-- Every feature of the catalogue, one row a customer: what the feature kernel computes, as SQL.
-- In:  order_lines (customer_id, order_id, ordered_at in UTC, product_id, category, quantity, amount, discount, flags).
-- Out: customer_id, then the features in the order of docs/methods/features.md.
-- Parts (src/feature/feature_sql.c fills them): what is left out, the as-of instant, which columns there are, local
-- weekday and hour of placed_at, and the look-back windows.
-- part lines: (SELECT *, 0 AS flags FROM order_items) AS order_lines
-- part exclude_mask: 127
-- part order_mask: 127
-- part as_of: max(ordered_at) + INTERVAL '1 day'
-- part order_key: order_id
-- part never_mask: 96
-- part until_as_of: TRUE
-- part weekday: 1
-- part hour: 0
-- part gap_days: 0.0
-- part recency_days: 0
-- part tenure_days: 0
-- part product: product_id
-- part category: category
-- part quantity: quantity
-- part discount: discount
-- part has_product: TRUE
-- part has_category: TRUE
-- part has_quantity: TRUE
-- part has_discount: TRUE
-- part window_orders: 0 AS orders_30
-- part window_amounts: 0 AS monetary_30
-- part trend_days: 90
-- part previous_days: 180
-- part last_columns: l.last_order_at
WITH lines AS (
  SELECT customer_id, {{order_key}} AS order_key, ordered_at, {{product}} AS product_id, {{category}} AS category,
    {{quantity}} AS quantity, amount, {{discount}} AS discount, flags
  FROM {{lines}}
),
moment AS (
  SELECT {{as_of}} AS as_of FROM lines WHERE ordered_at IS NOT NULL AND (flags & {{order_mask}}) = 0
),
known AS (
  SELECT lines.*, as_of FROM lines CROSS JOIN moment
  WHERE customer_id IS NOT NULL AND ordered_at IS NOT NULL AND {{until_as_of}} AND (flags & {{never_mask}}) = 0
),
kept AS (
  SELECT * FROM known WHERE (flags & {{exclude_mask}}) = 0
),
ordered AS (
  SELECT * FROM kept WHERE (flags & {{order_mask}}) = 0
),
line_figures AS (
  SELECT customer_id, as_of,
    min(ordered_at) AS first_order_at,
    max(ordered_at) AS last_order_at,
    count(*) AS lines,
    coalesce(sum(quantity), 0) AS quantity,
    count(*) FILTER (WHERE discount > 0) AS discounted_lines,
    count(DISTINCT product_id) AS products,
    count(DISTINCT category) AS categories
  FROM ordered GROUP BY customer_id, as_of
),
money_figures AS (
  SELECT customer_id,
    coalesce(sum(amount), 0) AS amount,
    coalesce(sum(discount), 0) AS discount,
    coalesce(sum(amount) FILTER (WHERE ordered_at > as_of - INTERVAL '{{trend_days}} days'), 0) AS recent,
    coalesce(sum(amount) FILTER (WHERE ordered_at > as_of - INTERVAL '{{previous_days}} days'
                                   AND ordered_at <= as_of - INTERVAL '{{trend_days}} days'), 0) AS before,
    {{window_amounts}}
  FROM kept GROUP BY customer_id
),
all_figures AS (
  SELECT customer_id, count(*) AS lines, count(*) FILTER (WHERE (flags & 6) <> 0) AS returned_lines
  FROM known GROUP BY customer_id
),
orders AS (
  SELECT customer_id, order_key, as_of, min(ordered_at) AS placed_at
  FROM ordered WHERE order_key IS NOT NULL GROUP BY customer_id, order_key, as_of
),
placed AS (
  SELECT customer_id, as_of, {{weekday}} AS weekday, {{hour}} AS hour, placed_at FROM orders
),
order_figures AS (
  SELECT customer_id,
    count(*) AS orders,
    CAST(count(*) AS DOUBLE PRECISION) AS n,
    count(*) FILTER (WHERE weekday = 1) AS monday,
    count(*) FILTER (WHERE weekday = 2) AS tuesday,
    count(*) FILTER (WHERE weekday = 3) AS wednesday,
    count(*) FILTER (WHERE weekday = 4) AS thursday,
    count(*) FILTER (WHERE weekday = 5) AS friday,
    count(*) FILTER (WHERE weekday = 6) AS saturday,
    count(*) FILTER (WHERE weekday = 7) AS sunday,
    count(*) FILTER (WHERE hour < 6) AS night,
    count(*) FILTER (WHERE hour >= 6 AND hour < 12) AS morning,
    count(*) FILTER (WHERE hour >= 12 AND hour < 18) AS afternoon,
    count(*) FILTER (WHERE hour >= 18) AS evening,
    {{window_orders}}
  FROM placed GROUP BY customer_id
),
order_times AS (
  SELECT DISTINCT customer_id, placed_at FROM orders
),
gaps AS (
  SELECT customer_id, placed_at, lag(placed_at) OVER (PARTITION BY customer_id ORDER BY placed_at) AS previous_at
  FROM order_times
),
gap_figures AS (
  SELECT customer_id, avg({{gap_days}}) AS gap_mean, stddev_samp({{gap_days}}) AS gap_sd
  FROM gaps WHERE previous_at IS NOT NULL GROUP BY customer_id
)
SELECT l.customer_id,
  CAST({{recency_days}} AS INTEGER) AS recency_days,
  CAST(coalesce(o.orders, 0) AS INTEGER) AS orders,
  CAST(m.amount AS DECIMAL(18, 4)) AS monetary,
  CAST({{tenure_days}} AS INTEGER) AS tenure_days,
  CAST(m.amount AS DOUBLE PRECISION) / o.n AS average_order_value,
  g.gap_mean AS days_between_orders_mean,
  g.gap_sd AS days_between_orders_sd,
  l.lines / o.n AS basket_lines,
  CASE WHEN {{has_quantity}} THEN CAST(l.quantity AS DOUBLE PRECISION) / o.n END AS basket_quantity,
  CASE WHEN {{has_product}} THEN CAST(l.products AS INTEGER) END AS products,
  CASE WHEN {{has_category}} THEN CAST(l.categories AS INTEGER) END AS categories,
  (o.saturday + o.sunday) / o.n AS weekend_share,
  o.monday / o.n AS monday_share,
  o.tuesday / o.n AS tuesday_share,
  o.wednesday / o.n AS wednesday_share,
  o.thursday / o.n AS thursday_share,
  o.friday / o.n AS friday_share,
  o.saturday / o.n AS saturday_share,
  o.sunday / o.n AS sunday_share,
  o.night / o.n AS night_share,
  o.morning / o.n AS morning_share,
  o.afternoon / o.n AS afternoon_share,
  o.evening / o.n AS evening_share,
  CASE WHEN {{has_discount}} THEN
    CAST(m.discount AS DOUBLE PRECISION) / nullif(CAST(m.amount + m.discount AS DOUBLE PRECISION), 0) END AS discount_share,
  CASE WHEN {{has_discount}} THEN l.discounted_lines / CAST(l.lines AS DOUBLE PRECISION) END AS discounted_line_share,
  a.returned_lines / CAST(a.lines AS DOUBLE PRECISION) AS return_rate,
  CAST(m.recent - m.before AS DOUBLE PRECISION)
    / nullif(CAST(m.recent + m.before AS DOUBLE PRECISION), 0) AS trend,
  l.first_order_at,
  {{last_columns}}
FROM line_figures l
JOIN money_figures m ON m.customer_id = l.customer_id
JOIN all_figures a ON a.customer_id = l.customer_id
LEFT JOIN order_figures o ON o.customer_id = l.customer_id
LEFT JOIN gap_figures g ON g.customer_id = l.customer_id
