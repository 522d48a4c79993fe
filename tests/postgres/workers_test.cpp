// A job whose spec asks for no number of workers finds one. A real server.
#include <future>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class WorkersOfAJob : public RunJob {
 protected:
  /// Rows that take their time without taking the processor: every worker more does more.
  WorkersOfAJob() {
    make_items(rows);
    let_each_row_take("PERFORM pg_sleep(0.001);");
    database_.execute("CREATE TRIGGER slow BEFORE UPDATE OF n ON items FOR EACH ROW EXECUTE FUNCTION slow()");
  }
  ~WorkersOfAJob() override {
    control_.stop();
    control_.stop();
  }
  void let_each_row_take(const std::string& step) {
    database_.execute("CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN " + step +
                      " RETURN new; END'");
  }
  std::int64_t found() { return database_.integer("SELECT count(*) FROM pgfill.event WHERE kind = 'workers_found'"); }

  static constexpr int rows = 200'000;  ///< for two minutes, should it have to try again
  Control control_;
  std::future<RunReport> running_;
};

TEST_F(WorkersOfAJob, AreMoreWhereThatPays) {
  JobSpec spec = counter_spec();
  ASSERT_EQ(spec.workers, 0);
  spec.throttle.ignore = signal_names();  // nothing is tried under pressure, and the machine has other work
  running_ = std::async(std::launch::async, [&] { return run_job(spec, settings_, {}, control_, watcher_); });
  ASSERT_TRUE(eventually(60s, [&] { return watcher_.batches > 5; }));
  EXPECT_TRUE(eventually(60s, [&] { return found() > 0; }));
  const std::string detail =
      database_.value("SELECT detail::text FROM pgfill.event WHERE kind = 'workers_found' LIMIT 1");
  EXPECT_NE(detail.find("\"before\": 2"), std::string::npos) << detail;
  EXPECT_NE(detail.find("\"workers\": 3"), std::string::npos) << detail;
  const auto at_work = [&] {
    return database_.integer(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%run_batch%' AND state = 'active' "
        "AND pid <> pg_backend_pid()");
  };
  EXPECT_TRUE(eventually(10s, [&] { return at_work() >= 3; })) << at_work();
  control_.stop();
  EXPECT_EQ(running_.get().exit, ExitCode::interrupted);
  let_each_row_take("");
  RunOptions eight;
  eight.workers = 8;
  EXPECT_EQ(run(spec, eight).exit, ExitCode::done);
  expect_each_row_once(rows);
}

}  // namespace
}  // namespace pgfill::tests
