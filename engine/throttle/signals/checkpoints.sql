SELECT b.checkpoints_req FROM pg_stat_bgwriter AS b
