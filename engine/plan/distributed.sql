-- Whether a table, or a table that it is a partition of or has as a partition, is one of Citus: its rows lie in shards,
-- which other nodes may hold, or Citus plans the statements over it. Where pg_dist_partition is. $1 OID of the table
SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_partition AS d
               WHERE d.logicalrelid::oid = $1::oid
                  OR d.logicalrelid::oid IN (SELECT a.relid FROM pg_partition_ancestors($1::oid) AS a)
                  OR d.logicalrelid::oid IN (SELECT t.relid FROM pg_partition_tree($1::oid) AS t))
