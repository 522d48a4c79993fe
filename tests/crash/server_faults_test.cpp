// The server fails under a running job and application: it crashes, one of its processes is killed, it has no
// connections left. The running process must go on by itself. PGFILL_SEED replays the moments, PGFILL_RESTARTS and
// PGFILL_BACKEND_KILLS ask for more.
#include <gtest/gtest.h>
#include <signal.h>

#include <deque>
#include <iostream>
#include <random>
#include <set>

#include "pgfill/steer.h"
#include "rig/pg_cluster.h"
#include "rig/writers.h"
#include "support/eventually.h"
#include "support/job_process.h"
#include "support/run_job_fixture.h"
#include "support/subject_case.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t rows = 15'000;
constexpr std::chrono::milliseconds longest_run = 120s;

/// What an application may be refused when its server goes away.
const std::set<std::string> excused{"connection", "57P01", "57P02", "57P03", "08006"};

/// A server of its own, a job and an application on it.
class Site {
 public:
  Site() : subject_(cluster_.conninfo(), rows) {}

  void start(std::uint64_t seed) {
    rig::WritersOptions options;
    options.rate = 100;
    options.seed = seed;
    writers_.emplace(subject_.connection(), rig::subject_workload(rows), options);
    start_job();
  }
  void start_job() {
    job_.emplace(start_pgfill(cluster_.primary().environment(), {"run", subject_.spec_file(50, 2), "--yes"}));
  }
  bool running() { return job_->running(); }
  /// Waits for the end, judges, and sets everything back.
  void expect_right() {
    const auto end = job_->finish(longest_run);
    EXPECT_TRUE(end.ok()) << "exit " << end.exit_code << " signal " << end.signal << "\n" << job_->standard_error();
    writers_->stop();
    EXPECT_TRUE(eventually(30s, [&] { return rows_changed() >= 0; }));
    for (const auto& [sqlstate, count] : writers_->errors()) {
      EXPECT_TRUE(excused.contains(sqlstate)) << "the application was refused " << count << " times with " << sqlstate;
    }
    const auto verdict = subject_.judge(writers_->acknowledged());
    EXPECT_TRUE(verdict.passed()) << verdict.to_text() << job_->standard_error();
    subject_.reset();
  }
  /// A value; empty while there is no server.
  std::string ask(const std::string& query) {
    try {
      if (lost_) subject_.reconnect();
      lost_ = false;
      return subject_.database().value(query);
    } catch (const postgres::Failure&) {
      lost_ = true;
      return "";
    }
  }
  /// Rows done; -1 while there is no server.
  std::int64_t rows_changed() {
    const std::string sum = ask("SELECT coalesce(sum(rows_changed), 0)::bigint FROM pgfill.range");
    return sum.empty() ? -1 : std::stoll(sum);
  }
  rig::Process& job() { return *job_; }
  rig::PgServer& server() { return cluster_.primary(); }
  SubjectCase& subject() { return subject_; }

 private:
  rig::PgCluster cluster_;
  SubjectCase subject_;
  std::optional<rig::Writers> writers_;
  std::optional<rig::Process> job_;
  bool lost_ = false;
};

/// Does harm at random moments of jobs until it was done often enough; a job is never harmed before it got on.
void harm_at_random(const char* title, long wanted, bool (*harm)(Site&)) {
  const auto seed =
      static_cast<std::uint64_t>(number_from_environment("PGFILL_SEED", std::random_device{}() % 1'000'000));
  SCOPED_TRACE("PGFILL_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  Site site;
  long done = 0;
  int jobs = 0;
  for (; done < wanted && jobs < 3 * wanted && !::testing::Test::HasFailure(); ++jobs) {
    site.start(seed + static_cast<std::uint64_t>(jobs));
    std::int64_t mark = 0;
    while (done < wanted) {
      mark += std::uniform_int_distribution<std::int64_t>(0, rows / 3)(random);
      if (!eventually(30s, [&] { return site.rows_changed() > mark || !site.running(); })) break;
      if (!site.running()) break;
      if (harm(site)) ++done;
    }
    site.expect_right();
  }
  std::cout << title << ", seed " << seed << ": " << done << " times over " << jobs << " jobs\n";
  EXPECT_GE(done, wanted);
}

bool restart(Site& site) {
  site.server().restart(rig::Stop::immediate);
  return true;
}

/// The server takes the death of one process for a crash: it ends all the others and recovers.
bool kill_backend(Site& site) {
  const std::string pid = site.ask(
      "SELECT pid FROM pg_stat_activity WHERE application_name ~ '^pgfill:subject/[0-9]' ORDER BY random() LIMIT 1");
  return !pid.empty() && ::kill(std::stoi(pid), SIGKILL) == 0;
}

TEST(ServerFaults, GoesOnByItselfAfterEveryCrashOfTheServer) {
  harm_at_random("restart -m immediate", number_from_environment("PGFILL_RESTARTS", 6), &restart);
}

TEST(ServerFaults, GoesOnByItselfAfterABackendWasKilled) {
  harm_at_random("SIGKILL of a backend", number_from_environment("PGFILL_BACKEND_KILLS", 5), &kill_backend);
}

TEST(ServerFaults, WorksWithAsManySessionsAsTheServerHasLeft) {
  rig::ClusterOptions options;
  options.settings = {{"max_connections", "8"}, {"superuser_reserved_connections", "0"}};
  rig::PgCluster cluster(options);
  SubjectCase subject(cluster.conninfo(), rows);
  std::deque<Database> others;
  for (int i = 0; i < 5; ++i) others.emplace_back(cluster.conninfo());
  Watcher watcher;
  int refused = 0;
  std::int64_t most = 0;
  watcher.on_batch = [&] { ++most; };
  Control control;
  const RunReport report = run_job(subject.spec(50, 4), subject.connection(), {}, control, watcher);
  refused = watcher.failures;
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(refused, 0);
  std::cout << "one session left for four workers: " << most << " batches, " << refused << " refusals in "
            << report.progress.elapsed.count() << " ms\n";
  // The run has ended, its backends may not have yet: the judge needs room of its own.
  others.clear();
  const auto verdict = subject.judge();
  EXPECT_TRUE(verdict.passed()) << verdict.to_text();
}

TEST(ServerFaults, AMissingSynchronousStandbyIsNamedAndAStopIsObeyed) {
  Site site;
  site.start(1);
  ASSERT_TRUE(eventually(30s, [&] { return site.rows_changed() > rows / 5 || !site.running(); }));
  Database admin(site.server().conninfo());
  const auto demand = [&](const std::string& standby) {
    admin.execute("SET synchronous_commit = local");
    admin.execute("ALTER SYSTEM SET synchronous_standby_names = '" + standby + "'");
    admin.execute("SELECT pg_reload_conf()");
  };
  demand("nosuch");
  // Batches need no standby, but the end of a range does.
  const auto reason = [&] { return site.ask("SELECT report->>'reason' FROM pgfill.runner ORDER BY id DESC LIMIT 1"); };
  EXPECT_TRUE(eventually(30s, [&] {
    return reason().find("synchronous_standby_names is 'nosuch'") != std::string::npos;
  })) << reason();
  EXPECT_TRUE(site.running());
  // People are heard all the same, and waited for by nobody.
  const Result<Steered> paused = pause_job(site.subject().connection(), "subject", "standby lost", 10s);
  ASSERT_TRUE(paused) << paused.error().message;
  EXPECT_EQ(paused->answer, Steered::Answer::acknowledged);
  const Result<Steered> resumed = resume_job(site.subject().connection(), "subject", 10s);
  EXPECT_TRUE(resumed && resumed->answer == Steered::Answer::acknowledged);
  site.job().signal(SIGINT);
  const auto end = site.job().finish(15s);
  EXPECT_EQ(end.exit_code, 75) << "signal " << end.signal << "\n" << site.job().standard_error();
  demand("");
  site.start_job();
  site.expect_right();
}

}  // namespace
}  // namespace pgfill::tests
