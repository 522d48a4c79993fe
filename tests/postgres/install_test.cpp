// The ledger comes into being at once, however many begin at the same time.
#include <future>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

class Install : public RunJob {};

TEST_F(Install, IsSeenWholeOrNotAtAllByWhoeverLooks) {
  std::atomic<bool> over{false};
  auto looking = std::async(std::launch::async, [&] {
    std::vector<std::string> seen;
    while (!over) {
      const auto jobs = list_jobs(settings_);
      if (!jobs && jobs.error().code != ErrorCode::ledger_missing) seen.push_back(jobs.error().message);
    }
    return seen;
  });
  std::vector<std::future<Result<int>>> installing;
  for (int i = 0; i < 4; ++i)
    installing.push_back(std::async(std::launch::async, [&] { return install_ledger(settings_); }));
  for (auto& one : installing) {
    const Result<int> version = one.get();
    EXPECT_TRUE(version) << version.error().message;
  }
  over = true;
  for (const std::string& message : looking.get()) ADD_FAILURE() << message;
}

TEST_F(Install, LeavesNothingBehindWhenItFailsInTheMiddle) {
  // The last of its scripts makes this table.
  database_.execute(
      "CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN IF EXISTS (SELECT FROM "
      "pg_event_trigger_ddl_commands() WHERE object_identity = 'pgfill.change') THEN RAISE 'not now'; END IF; END$$;"
      "CREATE EVENT TRIGGER forbid ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION forbid()");
  EXPECT_FALSE(install_ledger(settings_));
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pg_namespace WHERE nspname = 'pgfill'"), 0);
  database_.execute("DROP EVENT TRIGGER forbid");
  EXPECT_TRUE(install_ledger(settings_));
}

}  // namespace
}  // namespace pgfill::tests
