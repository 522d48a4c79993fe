-- Statements of this session wait for locks briefly from now on. For commands that no transaction may hold. $1 milliseconds
SELECT set_config('lock_timeout', $1, false), set_config('statement_timeout', '0', false)
