-- Begins ranges anew when the table has another file than their positions; see the function. $1 job id, $2 runner id
SELECT pgfill.follow_file($1::bigint, $2::bigint)
