-- Every sum over forgotten people, as reports add them; amounts in 1/10000.
-- Columns: scope, item, lines, lines_kept, amount, orders, customer_orders, customers, new_customers, at_us.
SELECT scope, item, lines, lines_kept, CAST(revenue * 10000 AS BIGINT) AS amount, orders, customer_orders,
       customers, new_customers, epoch_us(moment) AS at_us
FROM forgotten_totals ORDER BY scope, item
