-- The times of a column. {{relation}}, {{column}}. Columns: year (of the first), newest_us.
-- part relation: order_items
-- part column: ordered_at
SELECT year(min({{column}})) AS year, epoch_us(max({{column}})) AS newest_us FROM {{relation}}
