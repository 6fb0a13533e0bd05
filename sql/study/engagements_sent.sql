-- Engagements with a row a message: the sending. {{rows}} and {{without}} as in engagements_named.
-- Columns: those of the rows.
-- part rows: SELECT * FROM engagements
-- part without:
SELECT * {{without}} REPLACE ('send' AS event) FROM ({{rows}})
