-- The server process that runs this transaction.
SELECT pg_catalog.pg_backend_pid()
