-- Products as the order lines name them, where no source has products.
CREATE OR REPLACE VIEW products AS
SELECT product_id, mode(description) AS name, mode(category) AS category, CAST(NULL AS VARCHAR) AS brand
FROM order_items WHERE product_id IS NOT NULL GROUP BY product_id
