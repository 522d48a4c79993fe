-- What keeps the dead rows of the table alive the longest: a session's snapshot, a slot, a prepared transaction, the
-- feedback of a replica. Its name, its transaction number, how long it has been there in seconds (NULL: not to be
-- seen), and how many dead rows there are. No row when nothing does.
-- $1 OID of the table, $2 how our sessions' names begin
SELECT h.holder, h.xid::text, extract(epoch FROM clock_timestamp() - h.since),
       (SELECT sum(pg_stat_get_dead_tuples(t.oid))
        FROM (SELECT $1::oid AS oid UNION SELECT p.relid FROM pg_partition_tree($1::oid) AS p) AS t)::bigint
FROM (SELECT 'pid ' || a.pid || ' (' || coalesce(nullif(a.application_name, ''), 'unnamed') || ')' AS holder,
             CASE WHEN a.backend_xid IS NULL OR age(a.backend_xmin) > age(a.backend_xid) THEN a.backend_xmin
                  ELSE a.backend_xid END AS xid,
             a.xact_start AS since
      FROM pg_stat_activity AS a
      WHERE a.datname = current_database() AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
        AND a.pid <> pg_backend_pid() AND NOT starts_with(a.application_name, $2)
      UNION ALL SELECT 'slot ' || s.slot_name, s.xmin, NULL FROM pg_replication_slots AS s
      UNION ALL SELECT 'prepared transaction ' || x.gid, x.transaction, x.prepared
                FROM pg_prepared_xacts AS x WHERE x.database = current_database()
      UNION ALL SELECT 'replica ' || r.application_name, r.backend_xmin, NULL FROM pg_stat_replication AS r) AS h
WHERE h.xid IS NOT NULL
ORDER BY age(h.xid) DESC, h.holder
LIMIT 1
