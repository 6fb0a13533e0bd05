-- The state of a segment. $1 number, $2 name, $3 form, $4 title, $5 in Korean, $6 description, $7 owner, $8 tags, $9 purpose,
-- $10 version, $11 members, $12 and $13 when it last was good, $14 error, $15 since when it has one, $16 unmatched rows.
INSERT INTO segments VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, false)
