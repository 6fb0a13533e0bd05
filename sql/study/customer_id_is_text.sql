-- 1 when customer ids are text, 0 when they are integers.
SELECT CAST(data_type = 'VARCHAR' AS BIGINT) FROM information_schema.columns
WHERE table_name = 'order_lines' AND column_name = 'customer_id'
