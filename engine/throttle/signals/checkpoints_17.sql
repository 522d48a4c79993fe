SELECT c.num_requested FROM pg_stat_checkpointer AS c
