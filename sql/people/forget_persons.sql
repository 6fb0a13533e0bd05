-- How many people each name found: customers that are one person count once.
-- after people/forget_found
-- part person: customer_id
-- part aliases: customers
-- Columns: n, people (0: rows without a customer only), customers.
SELECT f.n, count(DISTINCT coalesce(p.person, f.customer_id)) AS people, count(DISTINCT f.customer_id) AS customers
FROM forget_found AS f
LEFT JOIN (SELECT CAST(customer_id AS VARCHAR) AS customer_id, CAST({{person}} AS VARCHAR) AS person FROM {{aliases}}) AS p
       USING (customer_id)
GROUP BY f.n ORDER BY f.n
