-- Customers by segment and value of one attribute; nothing where the attribute has too many values. $1 how
-- many are too many.
-- part attribute: country
-- part segment: rfm
-- Columns: segment, value, customers.
WITH known AS (SELECT customer_id, CAST({{attribute}} AS VARCHAR) AS value FROM customers
               WHERE {{attribute}} IS NOT NULL
               QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY {{attribute}}) = 1)
SELECT {{segment}} AS segment, value, count(*) AS customers
FROM profile_members JOIN known USING (customer_id)
WHERE {{segment}} IS NOT NULL AND (SELECT count(DISTINCT value) FROM known) BETWEEN 2 AND $1
GROUP BY ALL ORDER BY ALL
