-- Puts repaired rows where the rejected ones were. {{name}} the relation, {{other}} the repairs, converted;
-- staging_restored says which and where.
-- part name: order_items
-- part other: staging_repairs
INSERT INTO {{name}} BY NAME
SELECT repairs.* EXCLUDE (gyeol_id), restored.row_no
FROM {{other}} AS repairs JOIN staging_restored AS restored ON repairs.gyeol_id = restored.id
