-- The other customer ids of the people found so far.
-- after people/forget_found
-- part person: customer_id
-- part aliases: customers
-- Adds to forget_found.
INSERT INTO forget_found
WITH pairs AS (SELECT CAST(customer_id AS VARCHAR) AS customer_id, CAST({{person}} AS VARCHAR) AS person FROM {{aliases}}),
     people AS (SELECT f.n, f.customer_id AS person FROM forget_found AS f WHERE f.customer_id IS NOT NULL
                UNION SELECT f.n, p.person FROM forget_found AS f JOIN pairs AS p USING (customer_id)),
     members AS (SELECT n, person AS customer_id FROM people
                 UNION SELECT people.n, pairs.customer_id FROM people JOIN pairs USING (person))
SELECT n, customer_id FROM members EXCEPT SELECT n, customer_id FROM forget_found
