-- $1 rows, $2 distance of their keys: the application inserts between them too.
WITH made AS (
  INSERT INTO public.subject (k, a) SELECT i * $2::bigint, i % 1000 FROM generate_series(1, $1::bigint) AS i
  RETURNING k, uid, a
)
INSERT INTO public.subject_start (k, uid, a) SELECT k, uid, a FROM made
