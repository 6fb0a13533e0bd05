-- Engagements with a row a message: what came of it, as {{event}}, by the column {{outcome}}, which holds a moment in
-- the zone {{zone}} or a word. The moment is when it happened; a word leaves that at the time of sending.
-- {{rows}} and {{without}} as in engagements_named. Columns: those of the rows.
-- part rows: SELECT *, CAST(NULL AS VARCHAR) AS opened FROM engagements
-- part without: EXCLUDE (opened)
-- part outcome: opened
-- part event: 'open'
-- part zone: 'Asia/Seoul'
SELECT * {{without}} REPLACE (
  {{event}} AS event,
  coalesce(make_timestamp(epoch_us(timezone({{zone}}, TRY_CAST({{outcome}} AS TIMESTAMP)))), occurred_at) AS occurred_at)
FROM ({{rows}})
WHERE lower(trim({{outcome}})) NOT IN ('', '0', '0.0', 'n', 'no', 'f', 'false', 'x', '-', 'null', 'none',
  'not opened', 'not clicked', '미오픈', '미열람', '미클릭', '미전환', '미확인', '아니오')
