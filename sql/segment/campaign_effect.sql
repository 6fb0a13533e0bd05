-- What the plan would change for a campaign to some segments: a customer of several counts once.
-- after segment/changes
-- part numbers: 1, 2
-- part removed: 3, 4
-- part reached: SELECT CAST(customer_id AS VARCHAR) AS customer_id FROM engagements WHERE CAST(campaign_id AS VARCHAR) = 'spring'
-- Columns: before, customers, entered, left, left_reached (of those who leave, whom the campaign has reached).
WITH now AS (
  SELECT segment_no, customer_id FROM segment_members WHERE exited_at IS NULL AND segment_no IN ({{numbers}})),
planned AS (
  SELECT n.segment_no, n.customer_id FROM now AS n
  ANTI JOIN segment_leaving AS l ON l.segment_no = n.segment_no AND l.customer_id = n.customer_id
  WHERE n.segment_no NOT IN ({{removed}})
  UNION ALL
  SELECT segment_no, customer_id FROM segment_entering WHERE segment_no IN ({{numbers}})),
was AS (SELECT DISTINCT customer_id FROM now),
will AS (SELECT DISTINCT customer_id FROM planned),
gone AS (SELECT was.customer_id FROM was ANTI JOIN will ON will.customer_id = was.customer_id)
SELECT (SELECT count(*) FROM was) AS before, (SELECT count(*) FROM will) AS customers,
  (SELECT count(*) FROM will ANTI JOIN was ON was.customer_id = will.customer_id) AS entered,
  (SELECT count(*) FROM gone) AS "left",
  (SELECT count(*) FROM gone SEMI JOIN ({{reached}}) AS r ON r.customer_id = gone.customer_id) AS left_reached
