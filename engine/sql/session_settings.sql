-- What expressions mean under, for the rest of the transaction. $1 the values, in the order of the columns below (text[];
-- NULL: the ones that keys are written under, see pin_settings.sql)
SELECT set_config('timezone', coalesce(($1::text[])[1], 'UTC'), true),
       set_config('datestyle', coalesce(($1::text[])[2], 'ISO, MDY'), true),
       set_config('intervalstyle', coalesce(($1::text[])[3], 'postgres'), true),
       set_config('bytea_output', coalesce(($1::text[])[4], 'hex'), true),
       set_config('lc_monetary', coalesce(($1::text[])[5], 'C'), true),
       set_config('extra_float_digits', coalesce(($1::text[])[6], '3'), true)
