-- Records a step that ran. $1 step, $2 fingerprint, $3 run, $4 seconds, $5 detail (JSON text).
INSERT OR REPLACE INTO steps VALUES ($1, $2, $3, $4, $5)
