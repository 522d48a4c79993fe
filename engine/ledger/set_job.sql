SELECT pgfill.set($1, $2, $3) AS sentence
