-- What a column's values are like. {{relation}}, {{column}}. Columns: n, present, distincts (about).
SELECT count(*) AS n, count({{column}}) AS present, approx_count_distinct({{column}}) AS distincts FROM {{relation}}
