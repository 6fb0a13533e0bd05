-- What a step last ran on. $1 step. Columns: fingerprint, run, detail (JSON text).
SELECT fingerprint, run, detail FROM steps WHERE step = $1
