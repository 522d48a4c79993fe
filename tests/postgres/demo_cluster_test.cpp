// Scratch clusters: they start, replicate, fail over, and leave nothing behind.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "rig/pg_cluster.h"
#include "support/database.h"
#include "support/eventually.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {
namespace {

using rig::PgCluster;
using rig::Stop;
using namespace std::chrono_literals;

TEST(DemoCluster, ReplicaFollowsAndTakesOverWhenPromoted) {
  PgCluster cluster;
  auto& replica = cluster.add_replica();
  {
    Database primary(cluster.conninfo());
    primary.execute("CREATE TABLE t (id int)");
    primary.execute("INSERT INTO t SELECT generate_series(1, 7)");
    // A standby takes sessions before its receiver has reached the primary.
    EXPECT_TRUE(eventually(
        30s, [&] { return primary.value("SELECT application_name FROM pg_stat_replication") == "replica_1"; }));
    Database standby(replica.conninfo());
    EXPECT_EQ(standby.value("SELECT pg_is_in_recovery()"), "t");
    EXPECT_TRUE(eventually(10s, [&] { return standby.value("SELECT to_regclass('t') IS NOT NULL") == "t"; }));
    EXPECT_TRUE(eventually(10s, [&] { return standby.value("SELECT count(*) FROM t") == "7"; }));
  }
  cluster.primary().stop(Stop::immediate);
  replica.promote();
  Database promoted(replica.conninfo());
  promoted.execute("INSERT INTO t VALUES (8)");
  EXPECT_EQ(promoted.value("SELECT count(*) FROM t"), "8");
}

TEST(DemoCluster, ImmediateRestartRecoversCommittedRowsUnderTheGivenSettings) {
  rig::ClusterOptions options;
  options.settings = {{"work_mem", "5MB"}};
  options.tcp = true;
  PgCluster cluster(options);
  Database(cluster.primary().tcp_conninfo()).execute("CREATE TABLE t AS SELECT 1 AS id");
  cluster.primary().restart(Stop::immediate);
  Database database(cluster.conninfo());
  EXPECT_EQ(database.value("SELECT count(*) FROM t"), "1");
  EXPECT_EQ(database.value("SHOW work_mem"), "5MB");
}

TEST(DemoCluster, LeavesNothingBehindWhenItsOwnerIsKilled) {
  std::array<int, 2> ends;
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t owner = ::fork();
  if (owner == 0) {
    PgCluster cluster;
    const std::string directory = cluster.directory().string() + "\n";
    [[maybe_unused]] auto written = ::write(ends[1], directory.data(), directory.size());
    ::pause();
    ::_exit(0);
  }
  std::string directory;
  for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';) directory += c;
  ::close(ends[0]);
  ::close(ends[1]);
  ASSERT_TRUE(std::filesystem::exists(directory));
  EXPECT_NO_THROW(Database("host=" + directory + " port=5432 user=postgres").value("SELECT 1"));
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  EXPECT_TRUE(eventually(30s, [&] { return !std::filesystem::exists(directory); }));
  EXPECT_THROW(Database("host=" + directory + " port=5432 user=postgres"), postgres::Failure);
}

TEST(DemoCluster, ScratchDatabasesOfOneServerAreSeparate) {
  ScratchDatabase one;
  ScratchDatabase two;
  Database(one.conninfo()).execute("CREATE TABLE t (id int)");
  EXPECT_EQ(Database(two.conninfo()).value("SELECT to_regclass('t')"), "NULL");
  EXPECT_EQ(Database(one.conninfo()).value("SELECT to_regclass('t')"), "t");
}

TEST(DemoCluster, ProcessesReportOutputExitCodeAndMissingPrograms) {
  rig::ProcessSpec spec;
  spec.program = "/bin/sh";
  spec.arguments = {"-c", "echo out; echo err >&2; exit 3"};
  rig::Process process(spec);
  EXPECT_EQ(process.finish(10s).exit_code, 3);
  EXPECT_EQ(process.standard_output(), "out\n");
  EXPECT_EQ(process.standard_error(), "err\n");
  spec.arguments = {"-c", "sleep 100"};
  rig::Process sleeper(spec);
  EXPECT_FALSE(sleeper.wait_for(10ms).has_value());
  EXPECT_EQ(sleeper.kill().signal, SIGKILL);
  spec.program = "/nonexistent/program";
  EXPECT_THROW(rig::Process{spec}, std::system_error);
}

}  // namespace
}  // namespace pgfill::tests
