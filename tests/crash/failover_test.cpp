// The primary dies with commits that its replica never got, and the replica takes its place: what was lost must be
// done again there, and nothing else. PGFILL_SEED replays the moments, PGFILL_FAILOVERS asks for more.
#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "rig/pg_cluster.h"
#include "support/eventually.h"
#include "support/job_process.h"
#include "support/subject_case.h"
#include "support/wire_proxy.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t rows = 20'000;

/// A primary and its replica, with a job whose connection names both.
class Pair {
 public:
  explicit Pair(int workers, std::vector<std::string> ignored = {})
      : subject_(cluster_.conninfo(), rows), replica_(cluster_.add_replica()) {
    standby_.emplace(replica_.conninfo());
    job_.emplace(start_pgfill(hosts(), {"run", subject_.spec_file(50, workers, std::move(ignored)), "--yes"}));
  }

  /// The replica has some of it then, however little.
  bool reach(std::int64_t share_in_percent) {
    return eventually(30s, [&] { return subject_.rows_changed() * 100 >= rows * share_in_percent && kept_rows() > 0; });
  }
  /// From now on the replica gets nothing. The job notices soon that it does not report, and closes its gate.
  bool cut_off() {
    standby_->execute("ALTER SYSTEM SET primary_conninfo = ''");
    standby_->execute("SELECT pg_reload_conf()");
    return eventually(30s, [&] { return standby_->integer("SELECT count(*) FROM pg_stat_wal_receiver") == 0; });
  }
  std::int64_t lost_rows() { return subject_.rows_changed() - kept_rows(); }
  std::int64_t kept_rows() {
    return standby_->integer("SELECT coalesce(sum(rows_changed), 0)::bigint FROM pgfill.range");
  }
  Database& primary() { return subject_.database(); }
  Database& standby() { return *standby_; }
  void fail_over() {
    cluster_.primary().kill();
    replica_.promote();
  }
  /// What the job said so far.
  std::string text() { return job_->standard_output() + job_->standard_error(); }
  bool running() { return job_->running(); }
  void expect_right() {
    const auto end = job_->finish(60s);
    EXPECT_TRUE(end.ok()) << "exit " << end.exit_code << " signal " << end.signal << "\n" << job_->standard_error();
    ConnectionSettings promoted;
    promoted.conninfo = replica_.conninfo();
    const auto verdict = rig::judge_subject(promoted, {});
    EXPECT_TRUE(verdict.passed()) << verdict.to_text() << job_->standard_error();
  }

 private:
  std::vector<std::pair<std::string, std::string>> hosts() {
    const std::string directory = cluster_.directory();
    const std::string ports = std::to_string(cluster_.primary().port()) + "," + std::to_string(replica_.port());
    return {
        {"PGHOST", directory + "," + directory}, {"PGPORT", ports}, {"PGUSER", "postgres"}, {"PGDATABASE", "postgres"}};
  }

  rig::PgCluster cluster_;
  SubjectCase subject_;
  rig::PgServer& replica_;
  std::optional<Database> standby_;
  std::optional<rig::Process> job_;
};

TEST(Failover, GoesOnAtThePromotedServerAndDoesAgainWhatWasLost) {
  const auto seed =
      static_cast<std::uint64_t>(number_from_environment("PGFILL_SEED", std::random_device{}() % 1'000'000));
  SCOPED_TRACE("PGFILL_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  const long wanted = number_from_environment("PGFILL_FAILOVERS", 3);
  for (long i = 0; i < wanted && !HasFailure(); ++i) {
    const int cut_at = std::uniform_int_distribution<int>(5, 60)(random);
    SCOPED_TRACE("cut off at " + std::to_string(cut_at) + " %");
    Pair pair(static_cast<int>(2 + i % 2));
    ASSERT_TRUE(pair.reach(cut_at)) << pair.text();
    ASSERT_TRUE(pair.cut_off()) << pair.text();
    ASSERT_TRUE(eventually(30s, [&] { return pair.lost_rows() > 300; })) << pair.text();
    const auto kept = pair.kept_rows();
    const auto lost = pair.lost_rows();
    ASSERT_TRUE(pair.running());
    pair.fail_over();
    EXPECT_GT(kept, 0);
    pair.expect_right();
    std::cout << "failover, seed " << seed << ": at least " << lost << " rows lost with the primary, " << kept
              << " kept\n";
  }
}

/// As the server's ledger has it.
std::int64_t rows_changed(const rig::PgServer& server) {
  return Database(server.conninfo()).integer("SELECT coalesce(sum(rows_changed), 0)::bigint FROM pgfill.range");
}

TEST(Failover, AFormerPrimaryThatIsStillThereIsRefused) {
  rig::PgCluster cluster;
  SubjectCase subject(cluster.conninfo(), rows);
  rig::PgServer& replica = cluster.add_replica();
  WireProxy proxy(cluster.primary());
  rig::Process job = start_pgfill(proxy.environment("postgres"), {"run", subject.spec_file(20, 2), "--yes"});
  const auto text = [&] { return job.standard_output() + job.standard_error(); };
  ASSERT_TRUE(eventually(30s, [&] { return subject.rows_changed() > rows / 20 && rows_changed(replica) > 0; }))
      << text();
  replica.promote();
  proxy.lead_to(replica);
  Database promoted(replica.conninfo());
  const auto done = [&] { return promoted.integer("SELECT coalesce(sum(rows_changed), 0)::bigint FROM pgfill.range"); };
  const auto before = done();
  ASSERT_TRUE(eventually(30s, [&] { return done() > before + 200; })) << text();
  const auto left_at = subject.rows_changed();
  proxy.lead_to(cluster.primary());
  const auto end = job.finish(30s);
  EXPECT_EQ(end.exit_code, 9) << text();
  EXPECT_NE(text().find("former primary"), std::string::npos) << text();
  EXPECT_EQ(subject.rows_changed(), left_at);
}

/// Both were copies of the same primary and count the same timeline on: the number does not tell them apart.
TEST(Failover, AnotherServerThatWasPromotedToTheSameTimelineIsRefused) {
  rig::PgCluster cluster;
  SubjectCase subject(cluster.conninfo(), rows);
  rig::PgServer& first = cluster.add_replica();
  rig::PgServer& second = cluster.add_replica();
  WireProxy proxy(cluster.primary());
  rig::Process job = start_pgfill(proxy.environment("postgres"),
                                  {"run", subject.spec_file(20, 2, {"replica_lag", "replica_backlog"}), "--yes"});
  const auto text = [&] { return job.standard_output() + job.standard_error(); };
  ASSERT_TRUE(eventually(30s, [&] {
    return subject.rows_changed() > rows / 20 && rows_changed(first) > 0 && rows_changed(second) > 0;
  })) << text();
  cluster.primary().kill();
  first.promote();
  second.promote();
  proxy.lead_to(first);
  Database followed(first.conninfo());
  const auto done = [&] { return followed.integer("SELECT coalesce(sum(rows_changed), 0)::bigint FROM pgfill.range"); };
  const auto before = done();
  ASSERT_TRUE(eventually(30s, [&] { return done() > before + 200; })) << text();
  const auto left_at = rows_changed(second);
  proxy.lead_to(second);
  const auto end = job.finish(30s);
  EXPECT_EQ(end.exit_code, 9) << text();
  EXPECT_NE(text().find("two servers were promoted to this timeline"), std::string::npos) << text();
  EXPECT_EQ(rows_changed(second), left_at) << "nothing is done twice";
}

/// The primary has it marked as done, and dies before the job has said its last words.
TEST(Failover, NothingIsDoneThatThePromotedServerDoesNotKnowToBeDone) {
  Pair pair(2, {"replica_lag", "replica_backlog"});
  pair.primary().execute(
      "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3); RETURN new; END'; "
      "CREATE TRIGGER linger BEFORE INSERT ON pgfill.event FOR EACH ROW WHEN (new.kind = 'job_done') "
      "EXECUTE FUNCTION linger()");
  ASSERT_TRUE(pair.reach(20)) << pair.text();
  ASSERT_TRUE(pair.cut_off()) << pair.text();
  const auto state = [&] { return pair.primary().value("SELECT state FROM pgfill.job"); };
  ASSERT_TRUE(eventually(60s, [&] { return state() == "done"; })) << pair.text();
  ASSERT_TRUE(pair.running());
  ASSERT_LT(pair.kept_rows(), rows);
  pair.fail_over();
  pair.expect_right();
  EXPECT_EQ(pair.standby().integer("SELECT count(*) FROM pgfill.event WHERE kind = 'job_done'"), 1);
}

/// Connections that are there stay with the former primary, which lives on; only new ones lead to the promoted server.
TEST(Failover, NoWorkerStaysWithAFormerPrimary) {
  rig::PgCluster cluster;
  SubjectCase subject(cluster.conninfo(), rows);
  rig::PgServer& replica = cluster.add_replica();
  WireProxy proxy(cluster.primary());
  rig::Process job = start_pgfill(proxy.environment("postgres"),
                                  {"run", subject.spec_file(20, 2, {"replica_lag", "replica_backlog"}), "--yes"});
  const auto text = [&] { return job.standard_output() + job.standard_error(); };
  ASSERT_TRUE(eventually(30s, [&] { return subject.rows_changed() > rows / 20 && rows_changed(replica) > 0; }))
      << text();
  replica.promote();
  proxy.lead_new_ones_to(replica);
  subject.database().execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgfill:subject/control'");
  const auto end = job.finish(60s);
  EXPECT_TRUE(end.ok()) << text();
  EXPECT_LT(subject.rows_changed(), rows);
  ConnectionSettings promoted;
  promoted.conninfo = replica.conninfo();
  const auto verdict = rig::judge_subject(promoted, {});
  EXPECT_TRUE(verdict.passed()) << verdict.to_text() << text();
}

}  // namespace
}  // namespace pgfill::tests
