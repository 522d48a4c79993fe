SELECT b.labelfile FROM pg_stop_backup(false, false) AS b
