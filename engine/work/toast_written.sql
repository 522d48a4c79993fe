SELECT pg_catalog.pg_stat_get_xact_tuples_inserted($1::oid)
