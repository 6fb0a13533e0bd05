-- How many people there are. Parts: person (the person of r.customer_id).
-- part person: r.customer_id
-- Column: people.
SELECT count(DISTINCT {{person}}) AS people
FROM (SELECT customer_id FROM customers UNION SELECT customer_id FROM order_items) AS r
