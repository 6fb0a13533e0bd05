-- A source that stays in place, without the rows that are too old today.
-- part name: source_view
-- part other: order_items
-- part time: ordered_at
-- part source: 'orders'
CREATE VIEW {{name}} AS
SELECT * FROM {{other}}
WHERE {{time}} IS NULL OR {{time}} >= coalesce((SELECT max(cutoff) FROM retention_cutoffs WHERE source = {{source}}),
  TIMESTAMP '0001-01-01')
