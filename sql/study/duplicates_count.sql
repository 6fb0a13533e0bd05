-- How many rows of a source were put aside. $1 source. Columns: kind, rows.
SELECT kind, count(*) AS rows FROM duplicates WHERE source = $1 GROUP BY kind ORDER BY kind
