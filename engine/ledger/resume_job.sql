SELECT pgfill.resume($1)
