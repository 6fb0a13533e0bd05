-- Where each customer stands in its life as of a moment (docs/methods/lifecycle.md). Whole days, as recency_days: at
-- most 90 days ago is later than 91 days before the moment. lapsed_days > active_days, so that only the first order
-- of the active days can have followed so long a pause.
-- part orders: (flags & 103) = 0
-- part now: TIMESTAMP '2026-01-01 00:00:00'
-- part new_after: TIMESTAMP '2025-12-01 00:00:00'
-- part active_after: TIMESTAMP '2025-10-02 00:00:00'
-- part lapsed_after: TIMESTAMP '2025-07-04 00:00:00'
-- part lost_after: TIMESTAMP '2024-12-31 00:00:00'
-- part pause: INTERVAL '181 days'
CREATE OR REPLACE TEMP VIEW segment_lifecycle AS
WITH known AS (
  SELECT customer_id, min(ordered_at) AS first_at, max(ordered_at) AS last_at,
    min(CASE WHEN ordered_at > {{active_after}} THEN ordered_at END) AS back_at,
    max(CASE WHEN ordered_at <= {{active_after}} THEN ordered_at END) AS before_at
  FROM order_lines WHERE {{orders}} AND customer_id IS NOT NULL AND ordered_at <= {{now}}
  GROUP BY customer_id),
placed AS (
  SELECT customer_id, CASE
    WHEN first_at > {{new_after}} THEN 'new'
    WHEN back_at >= before_at + {{pause}} THEN 'reactivated'
    WHEN last_at > {{active_after}} THEN 'active'
    WHEN last_at > {{lapsed_after}} THEN 'at risk'
    WHEN last_at > {{lost_after}} THEN 'lapsed'
    ELSE 'lost' END AS lifecycle
  FROM known)
SELECT customer_id, lifecycle, CASE lifecycle WHEN 'new' THEN '신규' WHEN 'reactivated' THEN '재활성'
  WHEN 'active' THEN '활성' WHEN 'at risk' THEN '휴면 위험' WHEN 'lapsed' THEN '휴면' ELSE '이탈' END AS lifecycle_ko
FROM placed
