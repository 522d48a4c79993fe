-- Under which search path the session resolves names, whether the server takes writes at all, and what expressions mean
-- here, in the order of session_settings.sql; then whether transactions are read-only by default, and
-- whether a backslash in '…' is only that. Of poolers only the first
-- two settings can be trusted to be the client's: what another client has left behind in the others is not taken. A text
-- search configuration that is not there is empty: nothing that needs it can be meant. Last, how many sessions the role may
-- have, and the database (-1: any number; neither binds a superuser), and the names of both.
SELECT current_setting('search_path'), pg_is_in_recovery(),
       ARRAY[current_setting('timezone'), current_setting('datestyle')] ||
       ARRAY(SELECT s.reset_val
             FROM unnest(ARRAY['IntervalStyle', 'bytea_output', 'lc_monetary', 'extra_float_digits']) WITH ORDINALITY AS n(name, place)
             JOIN pg_settings AS s USING (name) ORDER BY n.place) ||
       coalesce((SELECT quote_ident(n.nspname) || '.' || quote_ident(c.cfgname)
                 FROM pg_settings AS s, pg_ts_config AS c JOIN pg_namespace AS n ON n.oid = c.cfgnamespace
                 WHERE s.name = 'default_text_search_config'
                   AND (s.reset_val = quote_ident(n.nspname) || '.' || quote_ident(c.cfgname)
                        OR (s.reset_val = quote_ident(c.cfgname) AND pg_ts_config_is_visible(c.oid))) LIMIT 1), '') ||
       ARRAY(SELECT s.reset_val
             FROM unnest(ARRAY['lc_numeric', 'lc_time', 'xmloption', 'xmlbinary', 'transform_null_equals']) WITH ORDINALITY AS n(name, place)
             JOIN pg_settings AS s USING (name) ORDER BY n.place),
       current_setting('transaction_read_only')::bool,
       coalesce((SELECT s.reset_val = 'on' FROM pg_settings AS s WHERE s.name = 'standard_conforming_strings'), true),
       CASE WHEN r.rolsuper THEN -1 ELSE r.rolconnlimit END, CASE WHEN r.rolsuper THEN -1 ELSE d.datconnlimit END,
       quote_ident(r.rolname), quote_ident(d.datname)
FROM pg_roles AS r, pg_database AS d
WHERE r.rolname = session_user AND d.datname = current_database()
