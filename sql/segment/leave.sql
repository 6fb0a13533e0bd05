-- Writes who leaves. $1 the moment.
-- after segment/changes
UPDATE segment_members SET exited_at = greatest($1, entered_at), exited_version = l.version, exited_reason = l.reason
FROM (SELECT l.member, p.version, CASE WHEN f.customer_id IS NULL THEN 'gone' ELSE p.reason END AS reason
      FROM segment_leaving AS l JOIN segment_plan AS p ON p.segment_no = l.segment_no
      LEFT JOIN customer_features AS f ON CAST(f.customer_id AS VARCHAR) = l.customer_id) AS l
WHERE segment_members.rowid = l.member
