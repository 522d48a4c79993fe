// A job relies on the columns that it reads and writes, and on no other: those others may drop, rename and add at will,
// between two runs and under one.
#include <thread>

#include "pgfill/repair.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

constexpr int rows = 3000;

class UnusedColumns : public RunJob {
 protected:
  void make() {
    make_items(rows);
    database_.execute(
        "ALTER TABLE items ADD COLUMN a int, ADD COLUMN \"id 2\" int, ADD COLUMN legacy text, ADD COLUMN price int "
        "DEFAULT 3");
  }
  /// The name of each column that it does not use is a part of some word in it.
  JobSpec spec() {
    JobSpec spec = counter_spec();
    spec.set() = {{"n", "n + greatest(price, 3) - 2"}};
    spec.batch.min_rows = spec.batch.max_rows = 100;
    spec.workers = 1;
    return spec;
  }
  RunReport begin_and_stop(const JobSpec& spec) {
    Control control;
    watcher_.on_batch = [&] { control.stop(); };
    RunReport report = run_job(spec, settings_, {}, control, watcher_);
    watcher_.on_batch = nullptr;
    return report;
  }
  static std::string changes() {
    return "ALTER TABLE items DROP COLUMN a; ALTER TABLE items RENAME COLUMN \"id 2\" TO other; ALTER TABLE items DROP "
           "COLUMN "
           "legacy; ALTER TABLE items ADD COLUMN legacy int; ALTER TABLE items ALTER COLUMN pad TYPE varchar(100)";
  }
};

TEST_F(UnusedColumns, MayChangeBetweenTwoRuns) {
  make();
  ASSERT_EQ(begin_and_stop(spec()).exit, ExitCode::interrupted);
  database_.execute(changes());
  const RunReport report = run(spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_each_row_once(rows);
}

TEST_F(UnusedColumns, MayChangeWhileTheJobRuns) {
  make();
  watcher_.on_batch = [this] {
    if (watcher_.batches != 3) return;
    std::thread([&] { Database(scratch_.conninfo()).execute(changes()); }).join();
  };
  const RunReport report = run(spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_each_row_once(rows);
}

TEST_F(UnusedColumns, ThoseThatItUsesStopItAsBefore) {
  make();
  ASSERT_EQ(begin_and_stop(spec()).exit, ExitCode::interrupted);
  database_.execute("ALTER TABLE items RENAME COLUMN price TO cost");
  const RunReport refused = run(spec());
  EXPECT_EQ(refused.error.code, ErrorCode::table_changed) << refused.error.message;
  EXPECT_NE(refused.error.message.find("gone: column price"), std::string::npos) << refused.error.message;
  EXPECT_EQ(refused.error.message.find("column a"), std::string::npos) << refused.error.message;
}

TEST_F(UnusedColumns, AWholeRowUsesThemAll) {
  make();
  JobSpec whole = spec();
  whole.set().push_back({"pad", "left(items::text, 40)"});
  ASSERT_EQ(begin_and_stop(whole).exit, ExitCode::interrupted);
  database_.execute("ALTER TABLE items DROP COLUMN a");
  const RunReport refused = run(whole);
  EXPECT_EQ(refused.error.code, ErrorCode::table_changed) << refused.error.message;
  EXPECT_NE(refused.error.message.find("gone: column a "), std::string::npos) << refused.error.message;
}

TEST_F(UnusedColumns, StayUnusedWhenAJobIsAdopted) {
  make();
  ASSERT_EQ(begin_and_stop(spec()).exit, ExitCode::interrupted);
  database_.execute("CREATE TRIGGER again BEFORE UPDATE ON items FOR EACH ROW WHEN (false) EXECUTE FUNCTION note()");
  ASSERT_TRUE(adopt_job(settings_, "counter"));
  database_.execute(changes());
  const RunReport report = run(spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_each_row_once(rows);
}

}  // namespace
}  // namespace pgfill::tests
