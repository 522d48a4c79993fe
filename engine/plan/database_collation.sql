-- The version of the database's own collation, as recorded and of now. From PostgreSQL 15 on; before, none is recorded.
SELECT d.datcollversion, pg_database_collation_actual_version(d.oid)
FROM pg_catalog.pg_database d WHERE d.datname = current_database()
