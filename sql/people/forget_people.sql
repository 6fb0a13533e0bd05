-- How many people were found by all names together; a customer with several names is one.
-- after people/forget_found
-- part person: customer_id
-- part aliases: customers
-- Column: people.
WITH customers AS (SELECT DISTINCT coalesce(p.person, f.customer_id) AS person
                   FROM forget_found AS f
                   LEFT JOIN (SELECT CAST(customer_id AS VARCHAR) AS customer_id, CAST({{person}} AS VARCHAR) AS person
                              FROM {{aliases}}) AS p USING (customer_id)
                   WHERE f.customer_id IS NOT NULL),
     others AS (SELECT n FROM forget_found GROUP BY n HAVING count(customer_id) = 0)
SELECT (SELECT count(*) FROM customers) + (SELECT count(*) FROM others) AS people
