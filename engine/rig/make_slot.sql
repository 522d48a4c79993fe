-- The WAL from here on is kept. $1 name of the slot
SELECT pg_create_physical_replication_slot($1, true)
