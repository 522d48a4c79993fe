-- The table's name as this session finds it, and may this role vacuum it (as its owner; from 17 on by MAINTAIN, too); and makes the VACUUM that follows a gentle one
-- that nobody waits for. $1 OID of the table
SELECT c.oid::regclass::text AS name, pg_has_role(c.relowner, 'USAGE')
       OR EXISTS (SELECT FROM aclexplode(c.relacl) AS a
                  WHERE a.privilege_type = 'MAINTAIN' AND (a.grantee = 0 OR pg_has_role(a.grantee, 'USAGE')))
       OR EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = 'pg_maintain' AND pg_has_role(r.oid, 'USAGE')) AS allowed,
       set_config('vacuum_cost_delay', '1ms', false), set_config('vacuum_cost_limit', '2000', false),
       set_config('statement_timeout', '0', false), set_config('lock_timeout', '5s', false)
FROM pg_class AS c WHERE c.oid = $1::oid
