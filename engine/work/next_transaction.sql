-- The transaction that would begin next.
SELECT pg_snapshot_xmax(pg_current_snapshot())::xid
