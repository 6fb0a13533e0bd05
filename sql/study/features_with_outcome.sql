-- Customers as they were at a moment, and what they have spent since.
-- Parts: features (a SELECT of the catalogue at that moment), columns (of it, to cluster by), kept (condition of
-- lines that count), since_us, until_us (the period, microseconds).
-- part features: SELECT 1 AS customer_id, 1 AS orders
-- part columns: orders
-- part kept: TRUE
-- part since_us: 0
-- part until_us: 0
-- Columns: customer_id, the columns, later_spend.
WITH past AS ({{features}}), later AS (
  SELECT customer_id, sum(amount) AS spend FROM order_lines
  WHERE {{kept}} AND epoch_us(ordered_at) > {{since_us}} AND epoch_us(ordered_at) <= {{until_us}}
  GROUP BY customer_id
)
SELECT past.customer_id, {{columns}}, coalesce(later.spend, 0) AS later_spend
FROM past LEFT JOIN later ON CAST(later.customer_id AS VARCHAR) = CAST(past.customer_id AS VARCHAR)
