-- What a forgetting removed. $1 receipt. Column: removed, JSON.
SELECT removed FROM forgettings WHERE receipt = $1
