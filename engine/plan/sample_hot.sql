-- Rows of a table that this transaction has updated so far and that stayed on their page. $1 table oid
SELECT pg_stat_get_xact_tuples_hot_updated($1::oid)
