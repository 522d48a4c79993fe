-- What expressions mean under, for the rest of the transaction. $1 the values, in the order of the columns below (text[];
-- NULL: the ones that keys are written under, see pin_settings.sql). Those from the text search configuration on have no
-- part in keys: without a value they stay as they are.
SELECT set_config('timezone', coalesce(($1::text[])[1], 'UTC'), true),
       set_config('datestyle', coalesce(($1::text[])[2], 'ISO, MDY'), true),
       set_config('intervalstyle', coalesce(($1::text[])[3], 'postgres'), true),
       set_config('bytea_output', coalesce(($1::text[])[4], 'hex'), true),
       set_config('lc_monetary', coalesce(($1::text[])[5], 'C'), true),
       set_config('extra_float_digits', coalesce(($1::text[])[6], '3'), true),
       CASE WHEN ($1::text[])[7] <> '' THEN set_config('default_text_search_config', ($1::text[])[7], true) END,
       CASE WHEN ($1::text[])[8] IS NOT NULL THEN set_config('lc_numeric', ($1::text[])[8], true) END,
       CASE WHEN ($1::text[])[9] IS NOT NULL THEN set_config('lc_time', ($1::text[])[9], true) END,
       CASE WHEN ($1::text[])[10] IS NOT NULL THEN set_config('xmloption', ($1::text[])[10], true) END,
       CASE WHEN ($1::text[])[11] IS NOT NULL THEN set_config('xmlbinary', ($1::text[])[11], true) END,
       CASE WHEN ($1::text[])[12] IS NOT NULL THEN set_config('transform_null_equals', ($1::text[])[12], true) END
