-- What each person has said, where rows may name an e-mail address or a phone number, or several customers are one
-- person. Each identifier has said what its own latest row says; a person has withdrawn where any identifier has.
-- In:  consent_rows, consent_keys. Parts: person, key_person (the person of r.customer_id, of k.customer_id).
-- part person: r.customer_id
-- part key_person: k.customer_id
-- part shared: SELECT customer_id FROM consent_keys WHERE false
-- Gives the macro consent_states(moment) as people/consent_states does. `shared`: customer ids of persons who have
-- several. Only they, and those who said something by a key, are put together; the ledger is read once for them and once
-- for everybody else.
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
owners AS MATERIALIZED (
  SELECT DISTINCT kind, key, customer_id FROM consent_keys SEMI JOIN by_key USING (kind, key)),
several AS MATERIALIZED (SELECT customer_id FROM owners UNION {{shared}}),
alone AS (
  SELECT customer_id, purpose,
    max(said) FILTER (WHERE channel = '*') AS any_said,
    max(said) FILTER (WHERE channel = 'email') AS email_said, max(said) FILTER (WHERE channel = 'sms') AS sms_said,
    max(said) FILTER (WHERE channel = 'push') AS push_said, max(said) FILTER (WHERE channel = 'kakao') AS kakao_said,
    max(said) FILTER (WHERE channel = 'ads') AS ads_said, max(said) FILTER (WHERE channel = 'mail') AS mail_said
  FROM spoken ANTI JOIN several USING (customer_id) WHERE customer_id IS NOT NULL GROUP BY customer_id, purpose),
by_customer AS (
  SELECT customer_id, purpose,
    max(said) FILTER (WHERE channel = '*') AS any_said,
    max(said) FILTER (WHERE channel = 'email') AS email_said, max(said) FILTER (WHERE channel = 'sms') AS sms_said,
    max(said) FILTER (WHERE channel = 'push') AS push_said, max(said) FILTER (WHERE channel = 'kakao') AS kakao_said,
    max(said) FILTER (WHERE channel = 'ads') AS ads_said, max(said) FILTER (WHERE channel = 'mail') AS mail_said
  FROM spoken SEMI JOIN several USING (customer_id) GROUP BY customer_id, purpose),
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
-- A withdrawal weighs more than any grant: 2 to the 60th is beyond all seconds.
weighed AS (
  SELECT person, purpose, any_said + (any_said & 1) * 1152921504606846976 AS any_said,
    email_said + (email_said & 1) * 1152921504606846976 AS email_said,
    sms_said + (sms_said & 1) * 1152921504606846976 AS sms_said,
    push_said + (push_said & 1) * 1152921504606846976 AS push_said,
    kakao_said + (kakao_said & 1) * 1152921504606846976 AS kakao_said,
    ads_said + (ads_said & 1) * 1152921504606846976 AS ads_said,
    mail_said + (mail_said & 1) * 1152921504606846976 AS mail_said
  FROM (FROM together UNION ALL BY NAME FROM keyed)),
heaviest AS (
  SELECT person, purpose, max(any_said) AS any_said, max(email_said) AS email_said, max(sms_said) AS sms_said,
    max(push_said) AS push_said, max(kakao_said) AS kakao_said, max(ads_said) AS ads_said, max(mail_said) AS mail_said
  FROM weighed GROUP BY person, purpose)
SELECT customer_id, purpose, any_said, greatest(email_said, any_said) AS email_said,
  greatest(sms_said, any_said) AS sms_said, greatest(push_said, any_said) AS push_said,
  greatest(kakao_said, any_said) AS kakao_said, greatest(ads_said, any_said) AS ads_said,
  greatest(mail_said, any_said) AS mail_said
FROM alone
UNION ALL BY NAME
SELECT person AS customer_id, purpose, any_said - (any_said & 1) * 1152921504606846976 AS any_said,
  email_said - (email_said & 1) * 1152921504606846976 AS email_said,
  sms_said - (sms_said & 1) * 1152921504606846976 AS sms_said,
  push_said - (push_said & 1) * 1152921504606846976 AS push_said,
  kakao_said - (kakao_said & 1) * 1152921504606846976 AS kakao_said,
  ads_said - (ads_said & 1) * 1152921504606846976 AS ads_said,
  mail_said - (mail_said & 1) * 1152921504606846976 AS mail_said
FROM heaviest;
