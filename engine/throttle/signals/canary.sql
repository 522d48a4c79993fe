-- The smallest transaction that has something to make durable; touches no table. Its commit is what is measured.
SELECT pg_logical_emit_message(true, 'pgfill', '')
