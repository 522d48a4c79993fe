SELECT pgfill.set($1, $2, $3)
