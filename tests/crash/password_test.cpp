// The password of the job's role is changed while the job runs.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "rig/pg_cluster.h"
#include "support/eventually.h"
#include "support/job_process.h"
#include "support/sessions.h"
#include "support/subject_case.h"
#include "support/wire_proxy.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t rows = 12'000;

class Password : public ::testing::Test {
 protected:
  rig::PgCluster cluster_;
  SubjectCase subject_{cluster_.conninfo(), rows};
  WireProxy proxy_{cluster_.primary()};
  std::string file_ = cluster_.directory() / "pgpass";

  void SetUp() override {
    subject_.database().execute("CREATE ROLE job LOGIN SUPERUSER PASSWORD 'first'");
    // So that the job takes its time.
    proxy_.set_rule("pgfill:", [](const WireMessage& message) {
      Fate fate;
      if (message.says_committed()) fate.delay = 50ms;
      return fate;
    });
    std::ofstream(cluster_.directory() / "primary/pg_hba.conf") << "local all job scram-sha-256\nlocal all all trust\n";
    subject_.database().execute("SELECT pg_reload_conf()");
    keep("first");
  }
  void keep(const std::string& password) {
    std::ofstream(file_) << "*:*:*:job:" << password << "\n";
    ::chmod(file_.c_str(), 0600);
  }
  void change() { subject_.database().execute("ALTER ROLE job PASSWORD 'second'"); }
  rig::Process start(std::vector<std::pair<std::string, std::string>> environment = {}) {
    for (const auto& variable : proxy_.environment("postgres")) environment.push_back(variable);
    environment.emplace_back("PGPASSFILE", file_);
    for (auto& [variable, value] : environment) {
      if (variable == "PGUSER") value = "job";
    }
    return start_pgfill(environment, {"run", subject_.spec_file(50, 2, {"courtesy"}), "--yes"});
  }
  bool advances() {
    const auto before = subject_.rows_changed();
    return eventually(30s, [&] { return subject_.rows_changed() > before + 200; });
  }
  /// Ends the sessions of the job with names like this; how many there were.
  std::int64_t end_sessions(const std::string& names) {
    return tests::end_sessions(subject_.database(), "application_name LIKE '" + names + "'");
  }
  std::int64_t sessions(const std::string& names) {
    return subject_.database().integer("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '" + names +
                                       "'");
  }
  void expect_right(rig::Process& job) {
    proxy_.clear_rule();
    EXPECT_TRUE(job.finish(60s).ok()) << job.standard_error();
    const auto verdict = subject_.judge();
    EXPECT_TRUE(verdict.passed()) << verdict.to_text();
  }
};

TEST_F(Password, WhoIsRefusedIsMissedUntilTheFileHasTheNewOneAndTheOthersGoOn) {
  rig::Process job = start();
  ASSERT_TRUE(eventually(30s, [&] { return sessions("pgfill:subject/2") == 1 && subject_.rows_changed() > 0; }))
      << job.standard_error();
  change();
  EXPECT_TRUE(advances()) << "sessions that are open do not need it";
  ASSERT_EQ(end_sessions("pgfill:subject/2"), 1);
  EXPECT_TRUE(advances()) << job.standard_error();
  EXPECT_TRUE(eventually(30s, [&] {
    return cluster_.primary().log_tail().find("password authentication failed") != std::string::npos;
  })) << job.standard_error();
  EXPECT_EQ(sessions("pgfill:subject/2"), 0);
  keep("second");
  EXPECT_TRUE(eventually(30s, [&] { return sessions("pgfill:subject/2") == 1; })) << job.standard_error();
  expect_right(job);
}

TEST_F(Password, WhenNoSessionCanBeHadTheJobWaitsForTheFile) {
  rig::Process job = start();
  ASSERT_TRUE(eventually(30s, [&] { return subject_.rows_changed() > 0; })) << job.standard_error();
  change();
  EXPECT_GE(end_sessions("pgfill:%"), 2);
  const auto left_at = subject_.rows_changed();
  EXPECT_TRUE(eventually(30s, [&] { return job.standard_error().find("authentication failed") != std::string::npos; }))
      << job.standard_error();
  EXPECT_TRUE(job.running()) << job.standard_error();
  EXPECT_EQ(subject_.rows_changed(), left_at);
  keep("second");
  EXPECT_TRUE(advances()) << job.standard_error();
  expect_right(job);
}

TEST_F(Password, WhenNoSessionCanBeHadForFiveMinutesTheRunEnds) {
  ASSERT_EQ(access(PGFILL_FAKETIME, R_OK), 0) << "the package faketime is missing: .dev/setup";
  const std::string time = cluster_.directory() / "time";
  std::ofstream(time) << "+0\n";
  rig::Process job =
      start({{"LD_PRELOAD", PGFILL_FAKETIME}, {"FAKETIME_TIMESTAMP_FILE", time}, {"FAKETIME_NO_CACHE", "1"}});
  ASSERT_TRUE(eventually(30s, [&] { return subject_.rows_changed() > 0; })) << job.standard_error();
  change();
  end_sessions("pgfill:%");
  const auto left_at = subject_.rows_changed();
  EXPECT_TRUE(eventually(30s, [&] { return job.standard_error().find("authentication failed") != std::string::npos; }))
      << job.standard_error();
  std::ofstream(time) << "+6m\n";  // also of the clock that only goes forward
  EXPECT_EQ(job.finish(60s).exit_code, 10) << job.standard_error();
  EXPECT_NE(job.standard_error().find("~/.pgpass"), std::string::npos) << job.standard_error();
  EXPECT_EQ(subject_.rows_changed(), left_at);
}

TEST_F(Password, ARunThatBeginsWithTheFormerOneIsRefused) {
  rig::Process job = start();
  ASSERT_TRUE(eventually(30s, [&] { return subject_.rows_changed() > 0; })) << job.standard_error();
  job.kill();
  change();
  rig::Process refused = start();
  EXPECT_EQ(refused.finish(30s).exit_code, 10) << refused.standard_error();
  EXPECT_NE(refused.standard_error().find("~/.pgpass"), std::string::npos) << refused.standard_error();
  keep("second");
  rig::Process again = start();
  expect_right(again);
}

}  // namespace
}  // namespace pgfill::tests
