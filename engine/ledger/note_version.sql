-- What is installed now. $1 version of the tables, $2 which text the functions are of
INSERT INTO pgfill.version (version, functions) VALUES ($1::int, $2)
ON CONFLICT (version) DO UPDATE
SET functions = excluded.functions, installed_at = clock_timestamp(), installed_by = current_user
