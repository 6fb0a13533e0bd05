-- What each person has said, latest first, where every row names a customer and a customer is a person.
-- In:  consent_rows. Parts: person (the customer a row belongs to).
-- part person: r.customer_id
-- Gives the macro consent_states(moment): customer_id, purpose, and a column a channel with what holds of it, NULL where
-- nothing was said: the second it was said in, doubled, + 1 where it was withdrawn. The greatest is the latest, and of
-- one second a withdrawal. What was said of all channels ('*') is among what was said of each.
CREATE OR REPLACE MACRO consent_states(moment) AS TABLE
WITH spoken AS (
  SELECT {{person}} AS customer_id, r.purpose, r.channel,
    coalesce(epoch_us(r.decided_at) // 1000000, -9000000000000) * 2 + CASE WHEN r.granted THEN 0 ELSE 1 END AS said
  FROM consent_rows AS r
  WHERE r.customer_id IS NOT NULL AND r.granted IS NOT NULL AND r.purpose IS NOT NULL
    AND (r.decided_at IS NULL OR r.decided_at <= moment)),
latest AS (
  SELECT customer_id, purpose,
    max(said) FILTER (WHERE channel = '*') AS any_said,
    max(said) FILTER (WHERE channel = 'email') AS email_said, max(said) FILTER (WHERE channel = 'sms') AS sms_said,
    max(said) FILTER (WHERE channel = 'push') AS push_said, max(said) FILTER (WHERE channel = 'kakao') AS kakao_said,
    max(said) FILTER (WHERE channel = 'ads') AS ads_said, max(said) FILTER (WHERE channel = 'mail') AS mail_said
  FROM spoken GROUP BY customer_id, purpose)
SELECT customer_id, purpose, any_said, greatest(email_said, any_said) AS email_said,
  greatest(sms_said, any_said) AS sms_said, greatest(push_said, any_said) AS push_said,
  greatest(kakao_said, any_said) AS kakao_said, greatest(ads_said, any_said) AS ads_said,
  greatest(mail_said, any_said) AS mail_said
FROM latest;
