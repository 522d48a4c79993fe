-- One sub-batch of two Rails projects: OFFSET finds the first key of the next one, then the range before it is updated.
-- GitLab (app/models/concerns/each_batch.rb; docs.gitlab.com/development/database/iterating_tables_in_batches) and
-- online_migrations (github.com/fatkodima/online_migrations, lib/online_migrations/batch_iterator.rb), by default 1,000
-- rows. Left out: their pauses between sub-batches, the jobs above them and their records of progress.
SELECT id INTO done FROM users WHERE id >= last ORDER BY id OFFSET 1000 LIMIT 1;
UPDATE users SET account_state = user_status
WHERE id >= last AND (done IS NULL OR id < done) AND account_state IS NULL;
