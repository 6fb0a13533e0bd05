-- Notes whose rows an import brings or takes, where there are segments that may have to be asked again. $1 the source.
-- part relation: order_items
-- part condition: row_no > 0
INSERT INTO segment_changes
SELECT DISTINCT CAST($1 AS VARCHAR), CAST(customer_id AS VARCHAR) FROM {{relation}}
WHERE customer_id IS NOT NULL AND ({{condition}}) AND EXISTS (SELECT 1 FROM segments)
