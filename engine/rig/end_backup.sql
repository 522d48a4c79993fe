SELECT b.labelfile FROM pg_backup_stop(false) AS b
