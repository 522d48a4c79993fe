SELECT pg_start_backup('pgfill replica', true, false)
