SELECT pgfill.cancel($1, $2) AS sentence
