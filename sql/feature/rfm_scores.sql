-- RFM scores and segments, one row a customer; the same as gy_rfm_score (include/gyeol/rfm.h).
-- In:  customer features (customer_id, recency_days, orders, monetary).
-- Out: customer_id, recency_score, frequency_score, monetary_score, total_score, segment (position in the list of
--      segments, from 0), segment_name.
-- A quintile score counts the customers that are strictly worse, so that equal values get equal scores.
-- Parts: one expression a score (by rank, or by limits), the weighted total, the segments' boxes.
-- part features: (SELECT customer_id, 0 AS recency_days, 0 AS orders, 0 AS monetary FROM customers) AS customer_features
-- part recency_score: 1
-- part frequency_score: 1
-- part monetary_score: 1
-- part total_score: 1.0
-- part segment: CASE WHEN r = 1 THEN 0 END
-- part segment_name: CASE segment WHEN 0 THEN 'Lost' END
WITH ranked AS (
  SELECT customer_id, recency_days, orders, monetary,
    CAST(count(*) OVER () AS DOUBLE PRECISION) AS customers,
    rank() OVER (ORDER BY recency_days DESC) - 1 AS older,
    rank() OVER (ORDER BY orders) - 1 AS rarer,
    rank() OVER (ORDER BY monetary) - 1 AS poorer
  FROM {{features}}
),
scored AS (
  SELECT customer_id, {{recency_score}} AS r, {{frequency_score}} AS f, {{monetary_score}} AS m FROM ranked
),
placed AS (
  SELECT customer_id, r, f, m, {{total_score}} AS total_score, {{segment}} AS segment FROM scored
)
SELECT customer_id,
  CAST(r AS SMALLINT) AS recency_score,
  CAST(f AS SMALLINT) AS frequency_score,
  CAST(m AS SMALLINT) AS monetary_score,
  total_score,
  CAST(segment AS SMALLINT) AS segment,
  {{segment_name}} AS segment_name
FROM placed
