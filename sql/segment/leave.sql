-- Writes who leaves. $1 the moment.
-- after segment/changes
UPDATE segment_members SET exited_at = greatest($1, entered_at), exited_version = p.version,
  exited_reason = CASE WHEN segment_members.customer_id NOT IN (SELECT CAST(customer_id AS VARCHAR) FROM customer_features)
                       THEN 'gone' ELSE p.reason END
FROM segment_leaving AS l JOIN segment_plan AS p ON p.segment_no = l.segment_no
WHERE segment_members.segment_no = l.segment_no AND segment_members.customer_id = l.customer_id
  AND segment_members.exited_at IS NULL
