SELECT pgfill.resume($1) AS sentence
