-- Tables and views of the store with the columns by which a person's rows are found.
-- Columns: relation, columns (names parted by spaces), has_customer.
SELECT t.table_name AS relation, string_agg(c.column_name, ' ' ORDER BY c.ordinal_position) AS columns,
  bool_or(c.column_name = 'customer_id') AS has_customer
FROM information_schema.tables AS t JOIN information_schema.columns AS c USING (table_schema, table_name)
WHERE t.table_schema = 'main' AND c.column_name IN ('customer_id', 'person', 'email', 'phone', 'loyalty_card',
    'hashed_email', 'key', 'left_key', 'right_key')
  AND t.table_name NOT IN ('consent_rows', 'consent_keys', 'consent_now', 'order_lines', 'identity_sequence')
  AND NOT starts_with(t.table_name, 'whole_') AND NOT starts_with(t.table_name, 'staging_')
GROUP BY t.table_name ORDER BY t.table_name
