-- The rows of those who are asked again, read once for all rules.
-- after segment/among
-- part few: segment_few_0
-- part columns: amount
-- part relation: order_items
CREATE OR REPLACE TEMP TABLE {{few}} AS
SELECT x.customer_id, {{columns}} FROM {{relation}} AS x SEMI JOIN segment_among AS a ON a.customer_id = x.customer_id
