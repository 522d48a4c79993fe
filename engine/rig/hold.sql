-- Keeps what the transaction has locked. $1 seconds.
SELECT pg_sleep($1::float8)
