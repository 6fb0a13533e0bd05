-- Rows whose key is in a source that comes first. $1 source, $2 the other source.
-- part name: order_items
-- part other: order_items
-- part same: a.order_id = b.order_id
INSERT INTO duplicates
SELECT $1, b.row_no, 'source', $2, min(a.row_no) FROM {{name}} AS b JOIN {{other}} AS a ON {{same}} GROUP BY b.row_no
