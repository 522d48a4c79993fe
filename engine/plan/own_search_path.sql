-- For the rest of the transaction the search path that the session began with, in place of the engine's (pin_session.sql).
SELECT set_config('search_path', reset_val, true) FROM pg_settings WHERE name = 'search_path'
