-- Takes rows out of a relation. {{name}} the relation, {{other}} has their row_no.
-- part name: order_items
-- part other: staging_restored
DELETE FROM {{name}} WHERE row_no IN (SELECT row_no FROM {{other}})
