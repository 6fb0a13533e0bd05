-- What was said, so that any withdrawal is more than every grant: the greatest of what the identifiers of one person
-- said is what holds of the person. 2 to the 60th is beyond all seconds.
CREATE OR REPLACE MACRO consent_weighed(said) AS said + (said & 1) * 1152921504606846976;
