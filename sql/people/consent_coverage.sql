-- after people/consent_at
-- How many people hold what. People are those whom orders or customers know.
-- Parts: person (the person of r.customer_id), moment (UTC, a literal as in people/analytics_choices_fill).
-- part person: r.customer_id
-- part moment: make_timestamp(0)
-- Columns: purpose, channel, granted, withdrawn (people).
WITH known AS (SELECT customer_id FROM customers UNION SELECT customer_id FROM order_items),
people AS (SELECT DISTINCT {{person}} AS customer_id FROM known AS r WHERE r.customer_id IS NOT NULL)
SELECT purpose, channel, count(*) FILTER (WHERE granted) AS granted, count(*) FILTER (WHERE NOT granted) AS withdrawn
FROM consent_at({{moment}}) SEMI JOIN people USING (customer_id)
GROUP BY purpose, channel ORDER BY purpose, channel
