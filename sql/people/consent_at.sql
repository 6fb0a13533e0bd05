-- after people/consent_states
-- What holds of every person who said anything, one row a person, purpose and channel.
-- Gives the macro consent_at(moment): customer_id (of the person), purpose,
-- channel ('*': channels that gyeol does not know by name), granted, since (NULL where the time is not known). People,
-- purposes and channels without a row have consent.defaults of gyeol.yaml.
CREATE OR REPLACE MACRO consent_at(moment) AS TABLE
SELECT customer_id, purpose, channel, (said & 1) = 0 AS granted,
  CASE WHEN said >= -8000000000000 THEN make_timestamp((said - (said & 1)) // 2 * 1000000) END AS since
FROM (
  SELECT customer_id, purpose, unnest(['*', 'email', 'sms', 'push', 'kakao', 'ads', 'mail']) AS channel,
    unnest([any_said, email_said, sms_said, push_said, kakao_said, ads_said, mail_said]) AS said
  FROM consent_states(moment))
WHERE said IS NOT NULL AND purpose IN ('analytics', 'personalisation', 'marketing', 'third_party');
