-- Whether what was kept are as many stays as last. Column: good.
-- part bits: 0
-- part held: (SELECT customer_id FROM segment_members)
SELECT CAST((SELECT coalesce(sum({{bits}}), 0) FROM {{held}} AS h)
  = (SELECT count(*) FROM segment_members WHERE exited_at IS NULL) AS BIGINT) AS good
