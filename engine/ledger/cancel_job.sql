SELECT pgfill.cancel($1, $2)
