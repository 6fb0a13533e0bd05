-- after people/consent_weighed
-- What was said, of its weight by consent_weighed.
CREATE OR REPLACE MACRO consent_unweighed(weight) AS weight - (weight & 1) * 1152921504606846976;
