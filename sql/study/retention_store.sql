-- What this run knows of it, once the old row is gone. $1 source, $2 cutoff, $3 effective (NULL: nothing left since the
-- source was read), $4 expired.
INSERT INTO retention_cutoffs VALUES ($1, $2, $3, $4)
