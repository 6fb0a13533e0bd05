-- Rows whose value no row of another relation has. {{relation}}, {{column}}, {{other}}, {{key}}.
-- part relation: order_items
-- part column: customer_id
-- part other: customers
-- part key: customer_id
SELECT count(*) FROM {{relation}} AS own ANTI JOIN (SELECT {{key}} AS known FROM {{other}}) AS others
  ON own.{{column}} = others.known
WHERE own.{{column}} IS NOT NULL
