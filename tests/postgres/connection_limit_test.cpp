// CONNECTION LIMIT of a role or a database: too few sessions for any job are refused at once, with the reason; with two
// a job runs, however many workers it would like.
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class ConnectionLimit : public RunJob {
 protected:
  ConnectionLimit() : role_("few_" + scratch_.name()) {
    make_items(2000);
    database_.execute("CREATE ROLE \"" + role_ + "\" LOGIN; GRANT ALL ON items, audit TO \"" + role_ +
                      "\"; GRANT CREATE ON DATABASE \"" + scratch_.name() + "\" TO \"" + role_ + "\"");
    settings_.keywords.emplace_back("user", role_);
  }
  ~ConnectionLimit() override {
    database_.execute("DROP SCHEMA IF EXISTS pgfill CASCADE; DROP OWNED BY \"" + role_ + "\"; DROP ROLE \"" + role_ +
                      "\"");
  }
  void limit(const std::string& subject, int sessions) {
    database_.execute("ALTER " + subject + " CONNECTION LIMIT " + std::to_string(sessions));
  }
  void expect_refused(const RunReport& report, const std::string& subject) {
    EXPECT_EQ(report.exit, ExitCode::refused);
    EXPECT_EQ(report.error.code, ErrorCode::privilege);
    for (const std::string& words : {subject + " has CONNECTION LIMIT 1", std::string("a job needs 2 sessions")}) {
      EXPECT_NE(report.error.message.find(words), std::string::npos) << report.error.message;
    }
    EXPECT_NE(report.error.hint.find("ALTER " + subject + " CONNECTION LIMIT"), std::string::npos) << report.error.hint;
  }

  std::string role_;
};

TEST_F(ConnectionLimit, OfOneOnARoleIsToldBeforeAnythingBegins) {
  limit("ROLE \"" + role_ + '"', 1);
  const auto begun = std::chrono::steady_clock::now();
  expect_refused(run(counter_spec()), "ROLE " + role_);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s);
  EXPECT_EQ(database_.value("SELECT to_regclass('pgfill.job')"), "NULL");
  // The server may still be taking leave of the session of the run.
  std::optional<Result<Plan>> planned;
  ASSERT_TRUE(eventually(10s, [&] { return planned.emplace(plan_job(counter_spec(), settings_)).has_value(); }));
  const Result<Plan>& plan = *planned;
  ASSERT_NE(first_refusal(*plan), nullptr);
  EXPECT_EQ(first_refusal(*plan)->code, ErrorCode::privilege);
}

TEST_F(ConnectionLimit, OfOneOnTheDatabaseIsToldAlike) {
  const ScratchDatabase other;  // without a session of the test, which would count
  limit("DATABASE \"" + other.name() + '"', 1);
  settings_.conninfo = other.conninfo();
  expect_refused(run(counter_spec()), "DATABASE " + other.name());
}

TEST_F(ConnectionLimit, ThatOthersHaveUsedUpIsToldWithWhatToDo) {
  limit("ROLE \"" + role_ + '"', 2);
  const Database one(scratch_.conninfo() + " user=" + role_);
  const Database two(scratch_.conninfo() + " user=" + role_);
  const RunReport report = run(counter_spec());
  EXPECT_EQ(report.exit, ExitCode::unreachable);
  EXPECT_NE(report.error.message.find("too many connections for role"), std::string::npos) << report.error.message;
  EXPECT_NE(report.error.hint.find("CONNECTION LIMIT"), std::string::npos) << report.error.hint;
}

TEST_F(ConnectionLimit, OfTwoIsEnoughForAnyNumberOfWorkers) {
  limit("ROLE \"" + role_ + '"', 2);
  RunOptions options;
  options.workers = 4;
  const RunReport report = run(counter_spec(), options);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_each_row_once(2000);
}

}  // namespace
}  // namespace pgfill::tests
