-- after people/consent_at
-- What holds now. Gives the view consent_now, with the columns of consent_at.
CREATE OR REPLACE VIEW consent_now AS FROM consent_at(CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP));
