-- Takes rows out of a relation. {{name}} the relation, {{other}} has their row_no.
DELETE FROM {{name}} WHERE row_no IN (SELECT row_no FROM {{other}})
