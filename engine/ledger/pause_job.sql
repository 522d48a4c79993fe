SELECT pgfill.pause($1, $2) AS sentence
