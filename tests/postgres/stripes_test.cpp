// A job that goes over its table in stripes on a real server: each row once whatever happens between two passes, hardly
// any growth, and one pass where passes do not pay.
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class StripedJob : public RunJob {
 protected:
  /// Of small batches in eight passes.
  JobSpec striped_spec() {
    JobSpec spec = counter_spec();
    spec.stripes = Stripes::on;
    spec.batch.min_rows = spec.batch.max_rows = 100;
    return spec;
  }
  void keep_vacuum_away() { database_.execute("ALTER TABLE items SET (autovacuum_enabled = off)"); }
  std::int64_t heap_bytes() { return database_.integer("SELECT pg_relation_size('items')"); }
  double growth_with(Stripes stripes) {
    JobSpec spec = striped_spec();
    spec.job = stripes == Stripes::on ? "striped" : "plain";
    spec.stripes = stripes;
    spec.batch.max_rows = 2000;
    database_.execute("VACUUM FULL items");
    const auto before = static_cast<double>(heap_bytes());
    const RunReport report = run(spec);
    EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
    return static_cast<double>(heap_bytes()) / before - 1;
  }
  std::int64_t told(const std::string& kind) {
    return database_.integer("SELECT count(*) FROM pgfill.event WHERE kind = '" + kind + "'");
  }
};

TEST_F(StripedJob, ChangesEveryRowOnce) {
  make_items(20'000);
  const RunReport report = run(striped_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_each_row_once(20'000);
  EXPECT_EQ(database_.value("SELECT array_agg(DISTINCT stripe + stripes) FROM pgfill.range"), "{8}");
}

TEST_F(StripedJob, GoesOnInThePassItWasStoppedIn) {
  make_items(20'000);
  for (const int batches : {30, 100, 170}) {
    Control control;
    watcher_.on_batch = [&] {
      if (watcher_.batches >= batches) control.stop();
    };
    ASSERT_EQ(run_job(striped_spec(), settings_, {}, control, watcher_).exit, ExitCode::interrupted);
  }
  EXPECT_GT(database_.integer("SELECT max(stripe) FROM pgfill.range"), 2);
  watcher_.on_batch = nullptr;
  EXPECT_EQ(run(striped_spec()).exit, ExitCode::done);
  expect_each_row_once(20'000);
}

TEST_F(StripedJob, TheTableHardlyGrows) {
  make_items(60'000);
  keep_vacuum_away();
  EXPECT_GT(growth_with(Stripes::off), 0.8);
  EXPECT_LT(growth_with(Stripes::on), 0.4);
}

TEST_F(StripedJob, WhereAnOldSnapshotKeepsVersionsAliveTheRestGoesInOnePass) {
  make_items(60'000);
  keep_vacuum_away();
  Database reader(scratch_.conninfo());
  reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM items");
  JobSpec spec = striped_spec();
  spec.batch.max_rows = 1000;
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  reader.execute("COMMIT");
  expect_each_row_once(60'000);
  EXPECT_EQ(told("stripes_judged"), 1);
  EXPECT_NE(database_.value("SELECT message FROM pgfill.event WHERE kind = 'stripes_judged'").find("in one pass"),
            std::string::npos);
  EXPECT_GT(database_.integer("SELECT max(stripes) FROM pgfill.range WHERE upper_key IS NOT NULL"), 1);
}

TEST_F(StripedJob, WhereStripesCannotHelpVacuumKeepsTheTableWithinItsBudget) {
  make_items(200'000);
  keep_vacuum_away();
  JobSpec spec = striped_spec();
  spec.stripes = Stripes::off;
  spec.batch.max_rows = 1000;
  spec.throttle.growth = 40;
  // On another day of the week it would be faster than the growth is looked at.
  const auto today = database_.integer("SELECT extract(dow FROM now() AT TIME ZONE 'UTC')::int");
  spec.throttle.window = TimeWindow{{static_cast<int>((today + 3) % 7)}, {}, std::chrono::hours(1), "UTC", 4};
  const std::int64_t before = database_.integer("SELECT pg_total_relation_size('items')");
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_each_row_once(200'000);
  EXPECT_GE(told("vacuumed"), 1);
  EXPECT_LT(static_cast<double>(database_.integer("SELECT pg_total_relation_size('items')")),
            1.4 * static_cast<double>(before));
}

TEST_F(StripedJob, IsFinishedInOnePassWhenStripesAreSwitchedOff) {
  make_items(20'000);
  Control control;
  watcher_.on_batch = [&] { control.stop(); };
  ASSERT_EQ(run_job(striped_spec(), settings_, {}, control, watcher_).exit, ExitCode::interrupted);
  watcher_.on_batch = nullptr;
  JobSpec spec = striped_spec();
  spec.stripes = Stripes::off;
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(20'000);
  EXPECT_EQ(database_.value("SELECT array_agg(DISTINCT stripe + stripes) FROM pgfill.range"), "{8}");
  EXPECT_GE(database_.integer("SELECT max(stripes) FROM pgfill.range WHERE upper_key IS NOT NULL"), 7);
}

TEST_F(StripedJob, RowsInsertedBehindAPassAreDoneWhenThereIsACondition) {
  make_items(10'000);
  database_.execute("DELETE FROM items WHERE id % 10 = 0");
  JobSpec spec = striped_spec();
  spec.where = "n = 0";
  spec.workers = 1;
  std::int64_t next = 10;
  watcher_.on_batch = [&] {
    // In every pass one row of an earlier stripe, one of a later, and one above all ranges.
    if (next > 9'000) return;
    database_.execute("INSERT INTO items (id) VALUES (" + std::to_string(next) + "), (" +
                      std::to_string(20'000 + next) + ")");
    next += 70;
  };
  const RunReport report = run(spec);
  watcher_.on_batch = nullptr;
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(next, 1'000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n <> 1"), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), database_.integer("SELECT count(*) FROM items"));
}

TEST_F(StripedJob, ABadRowIsFoundInItsStripeAndSetAsideOnce) {
  make_items(10'000);
  database_.execute("ALTER TABLE items ADD CHECK (n = 0 OR id NOT IN (4242, 4243, 9999))");
  JobSpec spec = striped_spec();
  spec.bad_rows.action = BadRows::Action::quarantine;
  EXPECT_EQ(run(spec).exit, ExitCode::stopped);
  EXPECT_EQ(database_.value("SELECT array_agg(key[1] ORDER BY key) FROM pgfill.skipped"), "{4242,4243,9999}");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 9'997);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), 9'997);
}

TEST_F(StripedJob, HeldRowsAreDeferredInTheirPassAndDoneLater) {
  make_items(10'000);
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id BETWEEN 3000 AND 3100 FOR UPDATE");
  std::atomic<bool> released = false;
  watcher_.on_batch = [&] {
    if (watcher_.batches > 90 && !released.exchange(true)) holder.execute("ROLLBACK");
  };
  EXPECT_EQ(run(striped_spec()).exit, ExitCode::done);
  watcher_.on_batch = nullptr;
  expect_each_row_once(10'000);
  EXPECT_GT(told("rows_deferred"), 0);
}

}  // namespace
}  // namespace pgfill::tests
