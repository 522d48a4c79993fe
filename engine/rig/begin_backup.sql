SELECT pg_backup_start('pgfill replica', true)
