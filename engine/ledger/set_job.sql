SELECT pgfill.set($1, $2::jsonb) AS sentence
