-- One batch of the loop that zero-downtime playbooks for PostgreSQL advise (DO, LOOP, UPDATE, COMMIT, pg_sleep): the
-- next 5,000 keys, then those of their rows that lack the value. Advice of many and no project's code, so no one
-- source. Theirs asks for max(id), which PostgreSQL knows for uuid from 18 on only. The loop around it
-- (bench/candidates.sh) has COMMIT and the pause of 50 ms, or leaves them out, as the candidate says.
WITH b AS (SELECT id FROM users WHERE id > last ORDER BY id LIMIT 5000),
u AS (UPDATE users SET account_state = user_status WHERE id IN (SELECT id FROM b) AND account_state IS NULL)
SELECT id INTO done FROM b ORDER BY id DESC LIMIT 1;
