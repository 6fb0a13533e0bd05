-- The sums over forgotten people with those who are forgotten now.
-- after people/forget_totals
-- part fresh: main
-- Rewrites forgotten_totals of a store that has none yet.
INSERT INTO {{fresh}}.forgotten_totals
SELECT scope, item, CAST(sum(lines) AS BIGINT), CAST(sum(lines_kept) AS BIGINT), CAST(sum(revenue) AS DECIMAL(38, 4)),
       CAST(sum(orders) AS BIGINT), CAST(sum(customer_orders) AS BIGINT), CAST(sum(customers) AS BIGINT),
       CAST(sum(new_customers) AS BIGINT), CASE WHEN scope = 'first_order' THEN min(moment) ELSE max(moment) END
FROM (SELECT * FROM forgotten_totals UNION ALL SELECT * FROM forget_totals) GROUP BY scope, item
