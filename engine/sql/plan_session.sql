-- Under which search path the session resolves names, whether the server takes writes at all, and what expressions mean
-- here, in the order of session_settings.sql. Of poolers only the first two of these can be trusted to be the client's:
-- what another client has left behind in the others is not taken.
SELECT current_setting('search_path'), pg_is_in_recovery(),
       ARRAY[current_setting('timezone'), current_setting('datestyle')] ||
       ARRAY(SELECT s.reset_val
             FROM unnest(ARRAY['IntervalStyle', 'bytea_output', 'lc_monetary', 'extra_float_digits',
                               'default_text_search_config', 'lc_numeric', 'lc_time', 'xmloption', 'xmlbinary',
                               'transform_null_equals']) WITH ORDINALITY AS n(name, place)
             JOIN pg_settings AS s USING (name) ORDER BY n.place)
