-- What the last run knew of a source's retention. $1 the source. Columns: cutoff_us, effective_us, expired.
SELECT epoch_us(cutoff) AS cutoff_us, coalesce(epoch_us(effective), 0) AS effective_us, expired
FROM retention_cutoffs WHERE source = $1
