// A job whose trigger keeps the old version of each row in the same table, killed again and again: what a killed runner
// inserted is no work for the next one.
#include <gtest/gtest.h>

#include "support/database.h"
#include "support/eventually.h"
#include "support/job_process.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

TEST(OwnInsertsCrash, OldVersionsThatAKilledRunnerLeftAreNoWork) {
  constexpr int rows = 20'000;
  const ScratchDatabase scratch;
  Database database(scratch.conninfo());
  database.execute(
      "CREATE TABLE doc (id bigserial PRIMARY KEY, doc_id int, lang text, valid_to timestamptz);"
      "INSERT INTO doc (doc_id) SELECT g FROM generate_series(1, 20000) g;"
      "CREATE FUNCTION keep_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO doc (doc_id, lang, valid_to) VALUES (OLD.doc_id, OLD.lang, now()); RETURN NEW; END $$;"
      "CREATE TRIGGER keep_old BEFORE UPDATE ON doc FOR EACH ROW EXECUTE FUNCTION keep_old(); ANALYZE doc");
  ASSERT_TRUE(start_pgfill(scratch, {"install"}).finish(60s).ok());
  const auto changed = [&] { return database.integer("SELECT coalesce(sum(rows_changed), 0) FROM pgfill.range"); };
  int kills = 0;
  for (int share = 1; share <= 4; ++share) {
    auto job =
        start_pgfill(scratch, {"run", "UPDATE doc SET lang = 'en' WHERE lang IS NULL", "--yes", "--workers", "2"});
    eventually(60s, [&] { return changed() >= rows * share / 5 || !job.running(); });
    if (job.running()) ++kills;
    job.kill();
  }
  EXPECT_GT(kills, 0);
  auto last = start_pgfill(scratch, {"run", "UPDATE doc SET lang = 'en' WHERE lang IS NULL", "--yes"});
  ASSERT_TRUE(last.finish(120s).ok()) << last.standard_error();
  EXPECT_EQ(changed(), rows);
  EXPECT_EQ(database.integer("SELECT count(*) FROM doc"), 2 * rows);
  EXPECT_EQ(database.integer("SELECT count(*) FROM doc WHERE lang IS NULL AND valid_to IS NOT NULL"), rows);
}

}  // namespace
}  // namespace pgfill::tests
