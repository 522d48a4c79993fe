// Slices of random keys that are read before their batches change them.
#include "sql/statement_builder.h"
#include "support/run_job_fixture.h"
#include "work/statements.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class ReadAhead : public RunJob {
 protected:
  /// Keys of this type at random over the heap.
  void make_random_items(const std::string& type, int rows) {
    make_items(0);
    std::string key = "(i::bigint * 40503 % 65536 - 32768)::smallint";  // another one for each i
    if (type == "integer") key = "(i * 2654435761 % 4294967296 - 2147483648)::int";
    if (type == "bigint") key = "hashint8extended(i, 7)";
    if (type == "uuid") key = "md5(i::text)::uuid";
    database_.execute("ALTER TABLE audit ALTER id TYPE text; ALTER TABLE items ALTER id TYPE " + type + " USING NULL;" +
                      "ALTER TABLE items SET (autovacuum_enabled = off); INSERT INTO items SELECT " + key +
                      " FROM generate_series(1, " + std::to_string(rows) + ") i");
    database_.execute("VACUUM ANALYZE items");
  }
  /// Rows of the table that were fetched by bitmap scans: those of other index scans count for the index as well.
  std::int64_t read_by_bitmap() {
    return database_.integer(
        "SELECT t.idx_tup_fetch - i.idx_tup_fetch FROM pg_stat_user_tables t JOIN pg_stat_user_indexes i USING (relid) "
        "WHERE t.relname = 'items'");
  }
};

TEST_F(ReadAhead, ChangesEveryRowOnceAcrossStops) {
  for (const char* type : {"uuid", "bigint", "integer", "smallint"}) {
    database_.execute("DROP TABLE IF EXISTS items, audit; DROP FUNCTION IF EXISTS note");
    make_random_items(type, 20'000);
    JobSpec spec = counter_spec();
    spec.job = type;
    spec.batch.max_rows = spec.batch.min_rows = 50;
    for (const int batches : {70, 90, 0}) {
      Control control;
      watcher_.batches = 0;
      watcher_.on_batch = [&] {
        if (watcher_.batches == batches) control.stop();
      };
      const ExitCode exit = run_job(spec, settings_, {}, control, watcher_).exit;
      EXPECT_EQ(exit, batches == 0 ? ExitCode::done : ExitCode::interrupted);
    }
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 20'000) << type;
    EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), 20'000) << type;
    EXPECT_TRUE(eventually(30s, [&] { return read_by_bitmap() > 0; })) << type;
  }
}

/// All pages are visible to all, so an index alone would do for the keys.
TEST_F(ReadAhead, MeetsThePagesOfTheTable) {
  make_random_items("uuid", 20'000);
  sql::Target target;
  target.schema = "public";
  target.table = "items";
  target.key = {{"id", "uuid"}};
  database_.execute("BEGIN");
  database_.rows(std::string(sql::work_read_ahead_settings.text));
  const std::string statement = sql::rows_ahead(target).text;
  const postgres::Parameters values{"10000000-0000-0000-0000-000000000000", "20000000-0000-0000-0000-000000000000",
                                    "1000000"};
  const postgres::Rows found = database_.rows(statement, values);
  EXPECT_EQ(found.integer(0, 1), database_.integer("SELECT count(*) FROM items WHERE id::text LIKE '1%'"));
  EXPECT_EQ(found.string(0, 0), database_.value("SELECT max(id::text) FROM items WHERE id::text LIKE '1%'"));
  EXPECT_GT(found.integer(0, 2), 0);
  const postgres::Rows plan = database_.rows("EXPLAIN (ANALYZE, TIMING off) " + statement, values);
  std::string text;
  for (int row = 0; row < plan.size(); ++row) text += plan.string(row, 0) + '\n';
  EXPECT_NE(text.find("Heap Blocks: exact="), std::string::npos) << text;
}

TEST_F(ReadAhead, IsNotForKeysInTheOrderOfTheHeap) {
  make_items(20'000);
  database_.execute("VACUUM items");
  JobSpec spec = counter_spec();
  spec.batch.max_rows = spec.batch.min_rows = 50;
  spec.stripes = Stripes::off;
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(20'000);
  EXPECT_TRUE(eventually(30s, [&] {
    return database_.integer("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'items'") == 20'000;
  }));
  EXPECT_EQ(read_by_bitmap(), 0);
}

}  // namespace
}  // namespace pgfill::tests
