// A server that has used up most of its transaction numbers and multixacts: pg_resetwal puts it there in a second.
#include <gtest/gtest.h>

#include <fstream>

#include "support/database.h"
#include "support/eventually.h"
#include "support/job_process.h"
#include "support/signal_reader.h"
#include "support/subject_case.h"
#include "throttle/signals/xid_age.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;
using throttle::Reading;

constexpr std::int64_t rows = 3'000;
/// The first transaction of a file of pg_xact, and the first multixact of one of pg_multixact/offsets: 70 % of them
/// all.
constexpr std::int64_t next_number = 1'500'512'256;
constexpr const char* xact_file = "pg_xact/0597";
constexpr const char* offsets_file = "pg_multixact/offsets/5970";

class Wraparound : public ::testing::Test {
 protected:
  /// Nothing but the test makes the server younger.
  rig::PgCluster cluster_{{.settings = {{"autovacuum", "off"},
                                        {"autovacuum_freeze_max_age", "2000000000"},
                                        {"autovacuum_multixact_freeze_max_age", "2000000000"},
                                        {"vacuum_failsafe_age", "2100000000"}}}};
  SubjectCase subject_{cluster_.conninfo(), rows};

  void run_as_server(const std::string& program, std::vector<std::string> arguments) {
    rig::ProcessSpec spec;
    spec.program = program;
    spec.arguments = std::move(arguments);
    spec.user = cluster_.installation().user;
    spec.working_directory = cluster_.directory() / "primary";
    rig::Process process(spec);
    ASSERT_TRUE(process.finish(60s).ok()) << process.standard_error();
  }
  void grow_old() {
    cluster_.primary().stop(rig::Stop::fast);
    for (const char* file : {xact_file, offsets_file})
      run_as_server("/bin/dd", {"if=/dev/zero", std::string("of=") + file, "bs=256k", "count=1"});
    const std::string number = std::to_string(next_number);
    run_as_server(cluster_.installation().programs / "pg_resetwal", {"-x", number, "-m", number + ",1", "-D", "."});
    cluster_.primary().start();
    subject_.reconnect();
  }
  /// In every database, those included that nobody may connect to.
  void grow_young() {
    subject_.database().execute("UPDATE pg_database SET datallowconn = true");
    for (const char* name : {"template0", "template1", "postgres"})
      Database(cluster_.conninfo(name)).execute("VACUUM (FREEZE)");
  }
};

TEST_F(Wraparound, HoldsTheJobBackWithTheDatabaseAndTheTableUntilVacuumHasBeenThere) {
  grow_old();
  throttle::XidAge signal(0.6);
  SignalReader reader(cluster_.conninfo());
  const std::vector<Reading> readings = reader.read(signal);
  ASSERT_EQ(readings.size(), 2);
  EXPECT_NEAR(about(readings, "xid_age", "transactions of database postgres, oldest in table ").value.value_or(0), 0.7,
              0.005);
  EXPECT_NEAR(about(readings, "xid_age", "multixacts of database postgres, oldest in table ").value.value_or(0), 0.7,
              0.005);

  rig::Process job = start_pgfill(cluster_.primary().environment(), {"run", subject_.spec_file(200, 2), "--yes"});
  const auto says = [&](const std::string& text) { return job.standard_error().find(text) != std::string::npos; };
  EXPECT_TRUE(eventually(30s, [&] { return says("xid age multixacts of database postgres, oldest in table "); }))
      << job.standard_error();
  EXPECT_TRUE(says("70 % > 60 %")) << job.standard_error();
  EXPECT_EQ(subject_.rows_changed(), 0);
  grow_young();
  EXPECT_TRUE(job.finish(60s).ok()) << job.standard_error();
  const auto verdict = subject_.judge();
  EXPECT_TRUE(verdict.passed()) << verdict.to_text();
  EXPECT_LT(reader.read(signal).front().value.value_or(1), 0.01);
}

}  // namespace
}  // namespace pgfill::tests
