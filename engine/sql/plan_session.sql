-- Under which search path the session resolves names, and whether the server takes writes at all.
SELECT current_setting('search_path'), pg_is_in_recovery()
