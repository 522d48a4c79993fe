-- One batch of pgroll (github.com/xataio/pgroll, pkg/backfill/templates/sql.go): 1,000 rows in the order of the key,
-- locked, joined and updated, each batch a transaction. Left out: its pause (--backfill-batch-delay); its trigger,
-- which computes the value while the UPDATE sets the key to itself; its column that says which rows are to be done
-- (here the condition). It goes on from the key of the row updated last; this from the greatest, the same if the join
-- keeps the order.
WITH b AS (SELECT id FROM users WHERE id > last AND account_state IS NULL ORDER BY id LIMIT 1000 FOR NO KEY UPDATE),
u AS (UPDATE users SET account_state = users.user_status FROM b WHERE users.id = b.id RETURNING users.id)
SELECT id INTO done FROM u ORDER BY id DESC LIMIT 1;
