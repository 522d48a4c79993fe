-- Whether the server is on this host (a Unix socket leads to it), its data directory (NULL: this role may not know it),
-- and that of the table's tablespace (NULL: the same).
-- $1 OID of the table
SELECT inet_server_addr() IS NULL, CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE') THEN current_setting('data_directory') END,
       (SELECT nullif(pg_tablespace_location(c.reltablespace), '') FROM pg_class AS c
        WHERE c.oid = $1::oid AND c.reltablespace <> 0)
