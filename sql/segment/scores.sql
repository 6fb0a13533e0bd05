-- The models whose scores the store has.
-- Columns: model, customers, computed_at, digest (of the scores).
SELECT model, count(*) AS customers, max(computed_at) AS computed_at,
  CAST(bit_xor(hash(customer_id, score)) AS VARCHAR) AS digest
FROM customer_scores GROUP BY model ORDER BY model
