-- after people/consent_at
-- Those of a segment's customers who hold a consent at a moment.
-- part members: SELECT customer_id FROM customer_features
-- part moment: make_timestamp(0)
-- part purpose: marketing
-- part channel: email
-- part otherwise: FALSE
-- Columns: those of members.
SELECT x.* FROM ({{members}}) AS x
LEFT JOIN (SELECT customer_id, granted FROM consent_at({{moment}})
           WHERE purpose = '{{purpose}}' AND channel = '{{channel}}') AS c ON c.customer_id = x.customer_id
WHERE coalesce(c.granted, {{otherwise}}) ORDER BY x.customer_id
