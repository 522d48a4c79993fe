-- What expressions mean under, for the rest of the transaction. $1 the values, in the order of the columns below (text[];
-- NULL: the ones that keys are written under, see pin_settings.sql)
SELECT set_config('timezone', coalesce(($1::text[])[1], 'UTC'), true),
       set_config('datestyle', coalesce(($1::text[])[2], 'ISO, MDY'), true),
       set_config('intervalstyle', coalesce(($1::text[])[3], 'postgres'), true),
       set_config('bytea_output', coalesce(($1::text[])[4], 'hex'), true),
       set_config('lc_monetary', coalesce(($1::text[])[5], 'C'), true),
       set_config('extra_float_digits', coalesce(($1::text[])[6], '3'), true),
       set_config('default_text_search_config',
                  coalesce(($1::text[])[7], current_setting('default_text_search_config')), true),
       set_config('lc_numeric', coalesce(($1::text[])[8], current_setting('lc_numeric')), true),
       set_config('lc_time', coalesce(($1::text[])[9], current_setting('lc_time')), true),
       set_config('xmloption', coalesce(($1::text[])[10], current_setting('xmloption')), true),
       set_config('xmlbinary', coalesce(($1::text[])[11], current_setting('xmlbinary')), true),
       set_config('transform_null_equals', coalesce(($1::text[])[12], current_setting('transform_null_equals')), true)
