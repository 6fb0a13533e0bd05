-- The times of a column. {{relation}}, {{column}}. Columns: year (of the first), newest_us.
SELECT year(min({{column}})) AS year, epoch_us(max({{column}})) AS newest_us FROM {{relation}}
