-- Engagements whose rows name what happened: words that mean the same are made one, others stay. {{rows}} the
-- source's rows with the canonical columns; {{without}} further columns to leave out.
-- Columns: those of the rows.
-- part rows: SELECT * FROM engagements
-- part without:
SELECT * {{without}} REPLACE (
  CASE
    WHEN lower(trim(event)) IN ('send', 'sends', 'sent', 'deliver', 'delivered', 'message sent', 'email sent', '발송', '발송완료', '발송성공', '전송', '전송완료', '수신')
      THEN 'send'
    WHEN lower(trim(event)) IN ('open', 'opens', 'opened', 'read', 'viewed', 'email opened', 'message opened', '오픈', '열람', '읽음', '확인', '개봉')
      THEN 'open'
    WHEN lower(trim(event)) IN ('click', 'clicks', 'clicked', 'email link clicked', 'link clicked', '클릭', '링크클릭')
      THEN 'click'
    WHEN lower(trim(event)) IN ('conversion', 'conversions', 'convert', 'converted', 'purchase', 'purchased', 'redeemed', '전환', '구매', '구매전환', '사용')
      THEN 'conversion'
    ELSE event
  END AS event)
FROM ({{rows}})
