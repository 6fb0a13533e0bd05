-- The same, row by row. Columns: row_no, value.
-- part column: customer_id
-- part relation: order_items
-- part key: customer_id
-- part other: customers
SELECT own.row_no, CAST(own.{{column}} AS VARCHAR) AS value
FROM {{relation}} AS own ANTI JOIN (SELECT {{key}} AS known FROM {{other}}) AS others ON own.{{column}} = others.known
WHERE own.{{column}} IS NOT NULL
