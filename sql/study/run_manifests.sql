-- Manifests of committed runs but one, newest first. $1 the run left out, $2 how many. Columns: run, manifest.
SELECT run, manifest FROM runs WHERE run <> $1 ORDER BY started_at DESC, run DESC LIMIT $2
