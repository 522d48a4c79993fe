-- $1 table.
SELECT pg_table_size($1::regclass)
