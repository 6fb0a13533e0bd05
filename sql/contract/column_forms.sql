-- Forms of codes: capitals as A, small letters as a, digits as 9. {{relation}}, {{column}}. Columns: form.
-- part relation: order_items
-- part column: product_id
SELECT regexp_replace(regexp_replace(regexp_replace(CAST({{column}} AS VARCHAR), '[A-Z]', 'A', 'g'),
                                     '[a-z]', 'a', 'g'), '[0-9]', '9', 'g') AS form
FROM {{relation}} WHERE {{column}} IS NOT NULL GROUP BY ALL ORDER BY form LIMIT 65
