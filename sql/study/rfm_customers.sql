-- Every customer with its measures, scores and segment.
-- Columns: customer_id, recency_days, orders, monetary, the three scores, segment, segment_ko.
SELECT customer_features.customer_id, customer_features.recency_days, customer_features.orders,
       customer_features.monetary, customer_rfm.recency_score, customer_rfm.frequency_score,
       customer_rfm.monetary_score, names.name AS segment, names.name_ko AS segment_ko
FROM customer_features JOIN customer_rfm USING (customer_no)
     JOIN rfm_segment_names AS names ON names.segment = customer_rfm.segment
ORDER BY customer_features.customer_id
