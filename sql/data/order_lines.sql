-- The order lines as everything after cleaning sees them: order_items with `order_id` and `amount` filled in
-- and with `flags`, the reasons why a line may not count:
--   1 no customer     2 cancelled    4 return: quantity of 0 or less, not cancelled
--   8 zero or no price     16 negative price     32 no time     64 after the as-of date
--   128 equal to an earlier line in every column (computed only where such lines are dropped)
--   256 its customer refused analytics (in no mask: such lines count in totals, and in nothing about customers)
-- A line counts when (flags & mask) = 0 and makes an order when none of 2 and 4 is set either; the mask
-- follows from gyeol.yaml (src/data/cleaning_rules.h). Nothing is deleted, so every rule can be counted.
-- Columns: those of order_items, then flags INTEGER.
-- part source: order_items
-- part order_id: s.order_id
-- part amount: s.amount
-- part no_customer: s.customer_id IS NULL
-- part cancelled: false
-- part returned: false
-- part zero_price: false
-- part negative_price: false
-- part no_time: s.ordered_at IS NULL
-- part future: false
-- part duplicate: false
-- part netted: false
-- part no_analytics: false
CREATE OR REPLACE VIEW order_lines AS
SELECT l.* REPLACE (CASE WHEN {{netted}} THEN -abs(l.amount) ELSE l.amount END AS amount)
FROM (
  SELECT s.* REPLACE ({{order_id}} AS order_id, CAST({{amount}} AS DECIMAL(18, 4)) AS amount),
    CAST(CASE WHEN {{no_customer}} THEN 1 ELSE 0 END
       + CASE WHEN {{cancelled}} THEN 2 WHEN {{returned}} THEN 4 ELSE 0 END
       + CASE WHEN {{zero_price}} THEN 8 WHEN {{negative_price}} THEN 16 ELSE 0 END
       + CASE WHEN {{no_time}} THEN 32 WHEN {{future}} THEN 64 ELSE 0 END
       + CASE WHEN {{duplicate}} THEN 128 ELSE 0 END + CASE WHEN {{no_analytics}} THEN 256 ELSE 0 END AS INTEGER) AS flags
  FROM {{source}} AS s) AS l;
