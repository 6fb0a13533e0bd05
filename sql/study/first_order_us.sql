-- The first order line with a time. Column: microseconds UTC.
SELECT epoch_us(min(ordered_at)) FROM order_lines WHERE customer_id IS NOT NULL
