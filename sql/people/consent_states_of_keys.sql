-- after people/consent_unweighed
-- What each person has said, where rows may name an e-mail address or a phone number, or several customers are one
-- person. Each identifier has said what its own latest row says; a person has withdrawn where any identifier has.
-- In:  consent_rows, consent_keys. Parts: person, key_person (the person of r.customer_id, of k.customer_id).
-- part person: r.customer_id
-- part key_person: k.customer_id
-- part shared: SELECT customer_id FROM consent_keys WHERE false
-- Gives the macro consent_states(moment) as people/consent_states does. `shared`: customer ids of persons who have
-- several. Only what they, and those who said something by a key, have said besides is put together; it joins what
-- everybody else said by customer id, which is read and grouped once.
CREATE OR REPLACE MACRO consent_states(moment) AS TABLE
WITH spoken AS NOT MATERIALIZED (
  SELECT r.customer_id, r.email, r.phone, r.purpose, r.channel,
    coalesce(epoch_us(r.decided_at) // 1000000, -9000000000000) * 2 + CASE WHEN r.granted THEN 0 ELSE 1 END AS said
  FROM consent_rows AS r
  WHERE r.granted IS NOT NULL AND r.purpose IS NOT NULL AND (r.decided_at IS NULL OR r.decided_at <= moment)),
by_key AS MATERIALIZED (
  SELECT CASE WHEN email IS NOT NULL THEN 'email' ELSE 'phone' END AS kind, coalesce(email, phone) AS key, purpose,
    max(said) FILTER (WHERE channel = '*') AS any_said,
    max(said) FILTER (WHERE channel = 'email') AS email_said, max(said) FILTER (WHERE channel = 'sms') AS sms_said,
    max(said) FILTER (WHERE channel = 'push') AS push_said, max(said) FILTER (WHERE channel = 'kakao') AS kakao_said,
    max(said) FILTER (WHERE channel = 'ads') AS ads_said, max(said) FILTER (WHERE channel = 'mail') AS mail_said
  FROM spoken WHERE customer_id IS NULL AND coalesce(email, phone) IS NOT NULL GROUP BY ALL),
owners AS (
  SELECT DISTINCT kind, key, customer_id FROM consent_keys SEMI JOIN by_key USING (kind, key)),
shared(customer_id) AS MATERIALIZED ({{shared}}),
alone AS (
  SELECT customer_id, purpose,
    max(said) FILTER (WHERE channel = '*') AS any_said,
    max(said) FILTER (WHERE channel = 'email') AS email_said, max(said) FILTER (WHERE channel = 'sms') AS sms_said,
    max(said) FILTER (WHERE channel = 'push') AS push_said, max(said) FILTER (WHERE channel = 'kakao') AS kakao_said,
    max(said) FILTER (WHERE channel = 'ads') AS ads_said, max(said) FILTER (WHERE channel = 'mail') AS mail_said
  FROM spoken ANTI JOIN shared USING (customer_id) WHERE customer_id IS NOT NULL GROUP BY customer_id, purpose),
by_customer AS (
  SELECT customer_id, purpose,
    max(said) FILTER (WHERE channel = '*') AS any_said,
    max(said) FILTER (WHERE channel = 'email') AS email_said, max(said) FILTER (WHERE channel = 'sms') AS sms_said,
    max(said) FILTER (WHERE channel = 'push') AS push_said, max(said) FILTER (WHERE channel = 'kakao') AS kakao_said,
    max(said) FILTER (WHERE channel = 'ads') AS ads_said, max(said) FILTER (WHERE channel = 'mail') AS mail_said
  FROM spoken SEMI JOIN shared USING (customer_id) GROUP BY customer_id, purpose),
together AS (
  SELECT {{person}} AS person, purpose, any_said, greatest(email_said, any_said) AS email_said,
    greatest(sms_said, any_said) AS sms_said, greatest(push_said, any_said) AS push_said,
    greatest(kakao_said, any_said) AS kakao_said, greatest(ads_said, any_said) AS ads_said,
    greatest(mail_said, any_said) AS mail_said
  FROM by_customer AS r),
keyed AS (
  SELECT {{key_person}} AS person, purpose, any_said, greatest(email_said, any_said) AS email_said,
    greatest(sms_said, any_said) AS sms_said, greatest(push_said, any_said) AS push_said,
    greatest(kakao_said, any_said) AS kakao_said, greatest(ads_said, any_said) AS ads_said,
    greatest(mail_said, any_said) AS mail_said
  FROM by_key JOIN owners AS k USING (kind, key)),
heaviest AS (
  SELECT person, purpose,
    max(consent_weighed(any_said)) AS any_said,
    max(consent_weighed(email_said)) AS email_said,
    max(consent_weighed(sms_said)) AS sms_said,
    max(consent_weighed(push_said)) AS push_said,
    max(consent_weighed(kakao_said)) AS kakao_said,
    max(consent_weighed(ads_said)) AS ads_said,
    max(consent_weighed(mail_said)) AS mail_said
  FROM (FROM together UNION ALL BY NAME FROM keyed) GROUP BY person, purpose),
everybody AS (
  SELECT customer_id, purpose, any_said, greatest(email_said, any_said) AS email_said,
    greatest(sms_said, any_said) AS sms_said, greatest(push_said, any_said) AS push_said,
    greatest(kakao_said, any_said) AS kakao_said, greatest(ads_said, any_said) AS ads_said,
    greatest(mail_said, any_said) AS mail_said
  FROM alone),
met AS (
  SELECT coalesce(e.customer_id, h.person) AS customer_id, coalesce(e.purpose, h.purpose) AS purpose,
    h.person IS NOT NULL AS is_weighed,
    CASE WHEN h.person IS NULL THEN e.any_said ELSE greatest(consent_weighed(e.any_said), h.any_said) END AS any_said,
    CASE WHEN h.person IS NULL THEN e.email_said ELSE greatest(consent_weighed(e.email_said), h.email_said) END AS email_said,
    CASE WHEN h.person IS NULL THEN e.sms_said ELSE greatest(consent_weighed(e.sms_said), h.sms_said) END AS sms_said,
    CASE WHEN h.person IS NULL THEN e.push_said ELSE greatest(consent_weighed(e.push_said), h.push_said) END AS push_said,
    CASE WHEN h.person IS NULL THEN e.kakao_said ELSE greatest(consent_weighed(e.kakao_said), h.kakao_said) END AS kakao_said,
    CASE WHEN h.person IS NULL THEN e.ads_said ELSE greatest(consent_weighed(e.ads_said), h.ads_said) END AS ads_said,
    CASE WHEN h.person IS NULL THEN e.mail_said ELSE greatest(consent_weighed(e.mail_said), h.mail_said) END AS mail_said
  FROM everybody AS e FULL OUTER JOIN heaviest AS h ON e.customer_id = h.person AND e.purpose = h.purpose)
SELECT customer_id, purpose,
  CASE WHEN is_weighed THEN consent_unweighed(any_said) ELSE any_said END AS any_said,
  CASE WHEN is_weighed THEN consent_unweighed(email_said) ELSE email_said END AS email_said,
  CASE WHEN is_weighed THEN consent_unweighed(sms_said) ELSE sms_said END AS sms_said,
  CASE WHEN is_weighed THEN consent_unweighed(push_said) ELSE push_said END AS push_said,
  CASE WHEN is_weighed THEN consent_unweighed(kakao_said) ELSE kakao_said END AS kakao_said,
  CASE WHEN is_weighed THEN consent_unweighed(ads_said) ELSE ads_said END AS ads_said,
  CASE WHEN is_weighed THEN consent_unweighed(mail_said) ELSE mail_said END AS mail_said
FROM met;
