// A file system of the server is full: the tables', then the write-ahead log's. Needs the right to mount.
#include <gtest/gtest.h>

#include "rig/pg_cluster.h"
#include "support/eventually.h"
#include "support/job_process.h"
#include "support/run_job_fixture.h"
#include "support/small_disk.h"
#include "support/subject_case.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t rows = 40'000;
constexpr std::chrono::milliseconds longest_run = 120s;

class FullDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!may_mount()) GTEST_SKIP() << "this process may not mount a file system of a few megabytes";
    cluster_.emplace();
    subject_.emplace(cluster_->conninfo(), rows);
  }
  rig::Process start() {
    return start_pgfill(cluster_->primary().environment(), {"run", subject_->spec_file(200, 2), "--yes"});
  }
  void expect_right() {
    const auto verdict = subject_->judge();
    EXPECT_TRUE(verdict.passed()) << verdict.to_text();
  }
  /// Rows done; -1 while there is no server.
  std::int64_t rows_changed() {
    try {
      if (lost_) subject_->reconnect();
      lost_ = false;
      return subject_->rows_changed();
    } catch (const postgres::Failure&) {
      lost_ = true;
      return -1;
    }
  }

  std::optional<rig::PgCluster> cluster_;
  std::optional<SubjectCase> subject_;
  bool lost_ = false;
};

/// The table on a disk of its own.
class FullTablespace : public FullDisk {
 protected:
  void SetUp() override {
    FullDisk::SetUp();
    if (IsSkipped()) return;
    disk_.emplace(cluster_->directory() / "small", 4);
    subject_->database().execute("CREATE TABLESPACE small LOCATION '" + disk_->directory().string() + "'");
    subject_->database().execute("ALTER TABLE subject SET TABLESPACE small");
    disk_->fill();
  }
  void make_room() {
    disk_->make_room();
    disk_->resize(64);
  }
  void TearDown() override {
    subject_.reset();
    cluster_.reset();
  }

  std::optional<SmallDisk> disk_;
};

TEST_F(FullTablespace, IsWaitedForWhereItsRoomIsWatched) {
  rig::Process job = start();
  EXPECT_TRUE(eventually(30s, [&] {
    return job.standard_error().find("disk " + disk_->directory().string() + " 0 % free < 5 %") != std::string::npos;
  })) << job.standard_error();
  EXPECT_EQ(rows_changed(), 0);
  make_room();
  EXPECT_TRUE(job.finish(longest_run).ok()) << job.standard_error();
  expect_right();
}

TEST_F(FullTablespace, StopsTheJobOtherwiseWhichGoesOnWhenThereIsRoom) {
  ConnectionSettings connection = subject_->connection();
  JobSpec spec = subject_->spec(200, 2);
  spec.throttle.disk_free.reset();
  Control control;
  Watcher watcher;
  const RunReport stopped = run_job(spec, connection, {}, control, watcher);
  EXPECT_EQ(stopped.exit, ExitCode::guardrail);
  EXPECT_EQ(stopped.error.code, ErrorCode::resources_exhausted) << stopped.error.message;
  EXPECT_EQ(stopped.error.hint, "make room on that file system of the server, then run it again to go on from there");
  make_room();
  Control again;
  EXPECT_EQ(run_job(spec, connection, {}, again, watcher).exit, ExitCode::done);
  expect_right();
}

TEST_F(FullDisk, UnderTheLogBringsTheServerDownAndTheJobGoesOnWhenItIsBack) {
  rig::PgServer& server = cluster_->primary();
  subject_->database().execute("ALTER SYSTEM SET max_wal_size = '64MB'");
  subject_->database().execute("ALTER SYSTEM SET min_wal_size = '32MB'");
  server.stop();
  const auto log = server.directory() / "pg_wal";
  const auto former = server.directory() / "former_wal";
  std::filesystem::rename(log, former);
  SmallDisk disk(log, 128);
  rig::ProcessSpec copy;
  copy.program = "/bin/cp";
  copy.arguments = {"-a", former.string() + "/.", log.string()};
  ASSERT_TRUE(rig::Process(copy).finish(longest_run).ok());
  server.start();
  subject_->reconnect();
  rig::Process job = start();
  ASSERT_TRUE(eventually(30s, [&] { return rows_changed() > rows / 20 || !job.running(); }));
  disk.fill();
  EXPECT_TRUE(eventually(60s, [&] {
    try {
      subject_->database().execute("SELECT pg_switch_wal(); SELECT pg_logical_emit_message(true, 'x', 'x')");
    } catch (const postgres::Failure&) {
      return true;
    }
    return false;
  }));
  lost_ = true;
  EXPECT_TRUE(job.running()) << job.standard_error();
  disk.make_room();
  if (!eventually(5s, [&] { return rows_changed() >= 0; })) server.start();
  EXPECT_TRUE(job.finish(longest_run).ok()) << job.standard_error();
  subject_->reconnect();
  expect_right();
  server.stop();
  subject_.reset();
  cluster_.reset();
}

}  // namespace
}  // namespace pgfill::tests
