// Limits that are set while a job runs hold for all that it does from then on. A real server.
#include <future>

#include "pgfill/steer.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class LiveLimits : public RunJob {};

TEST_F(LiveLimits, HoldForListedRowsToo) {
  make_items(2000);
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id <= 400 FOR UPDATE");
  JobSpec spec = counter_spec();
  spec.batch.min_rows = 1;
  auto running = std::async(std::launch::async, [&] { return run(spec); });
  ASSERT_TRUE(eventually(30s, [&] {
    const Result<JobStatus> status = job_status(settings_, "counter");
    return status && status->waiting_for.find("waiting for 400 rows") != std::string::npos;
  }));
  const auto set = set_job(settings_, "counter", {{"batch.max_rows", "10"}});
  ASSERT_TRUE(set) << set.error().message;
  const int before = watcher_.batches;
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_GE(watcher_.batches - before, 40);
  expect_each_row_once(2000);
}

}  // namespace
}  // namespace pgfill::tests
