-- A small table for 01-copy-column.yaml. Makes and replaces examples.users, nothing else.
-- check: SELECT count(*) = 5000 AND bool_and(account_state IS NOT DISTINCT FROM CASE WHEN id % 100 = 0 THEN 'kept' ELSE user_status END) FROM examples.users
CREATE SCHEMA IF NOT EXISTS examples;
DROP TABLE IF EXISTS examples.users;
CREATE TABLE examples.users (
    id bigint PRIMARY KEY,
    user_status text NOT NULL,
    account_state text
);
INSERT INTO examples.users (id, user_status, account_state)
SELECT id, (ARRAY['active', 'invited', 'blocked'])[1 + id % 3], CASE WHEN id % 100 = 0 THEN 'kept' END
FROM generate_series(1, 5000) AS id;
ANALYZE examples.users;
