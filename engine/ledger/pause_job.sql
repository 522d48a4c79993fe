SELECT pgfill.pause($1, $2)
