// SQL files on the command line: run, planned, checked and turned into a spec by the pgfill binary.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/database.h"
#include "support/job_process.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

class CliScript : public testing::Test {
 protected:
  struct Outcome {
    int exit = -1;
    std::string out;
    std::string err;
  };

  CliScript() {
    database_.execute(
        "CREATE TABLE t (id bigint PRIMARY KEY, a int, b int); INSERT INTO t SELECT g, g FROM generate_series(1, 100) "
        "g");
  }
  ~CliScript() override { std::filesystem::remove(file_); }

  Outcome pgfill(Words words) {
    rig::Process process = start_pgfill(scratch_, std::move(words));
    const rig::ProcessEnd end = process.finish(60s);
    return {end.signal == 0 ? end.exit_code : -end.signal, process.standard_output(), process.standard_error()};
  }
  void write(const std::string& text) { std::ofstream(file_) << text; }
  std::int64_t done() { return database_.integer("SELECT count(*) FROM t WHERE b = a"); }

  ScratchDatabase scratch_;
  Database database_{scratch_.conninfo()};
  std::string file_ = testing::TempDir() + scratch_.name() + " backfill.sql";
};

TEST_F(CliScript, RunsTheStatementAndNamesWhatItLeavesOut) {
  write("-- backfill b\nSET lock_timeout = '2s';\nBEGIN;\nUPDATE t SET b = a WHERE b IS NULL;\nCOMMIT;\n");
  const Outcome run = pgfill({"run", file_, "--yes"});
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(done(), 100);
  for (const char* line :
       {"left out:\n", "  line 2: SET lock_timeout = '2s'\n", "  line 3: BEGIN\n", "  line 5: COMMIT\n"}) {
    EXPECT_NE(run.err.find(line), std::string::npos) << run.err;
  }
  EXPECT_EQ(pgfill({"run", "t-b", "--yes"}).exit, 0);
}

TEST_F(CliScript, PlansChecksAndWritesASpec) {
  write("UPDATE t SET b = a WHERE b IS NULL");
  const Outcome plan = pgfill({"plan", file_, "--job", "mine"});
  EXPECT_EQ(plan.exit, 0) << plan.err;
  EXPECT_NE(plan.out.find("mine"), std::string::npos) << plan.out;
  const Outcome valid = pgfill({"validate", file_});
  EXPECT_EQ(valid.exit, 0) << valid.err;
  EXPECT_NE(valid.out.find("valid, job t-b"), std::string::npos) << valid.out;
  const Outcome spec = pgfill({"init", file_});
  EXPECT_EQ(spec.exit, 0) << spec.err;
  EXPECT_NE(spec.out.find("where: b IS NULL"), std::string::npos) << spec.out;
}

TEST_F(CliScript, PointsIntoTheFileWhenItRefuses) {
  write("UPDATE t SET b = a;\n\n  VACUUM t;\n");
  for (const char* verb : {"run", "plan", "validate", "init"}) {
    const Outcome refused = pgfill({verb, file_});
    EXPECT_EQ(refused.exit, 2) << verb << refused.err;
    EXPECT_NE(refused.err.find(file_ + ":3:3"), std::string::npos) << verb << refused.err;
    EXPECT_NE(refused.err.find("UPDATE at 1:1, VACUUM at 3:3"), std::string::npos) << verb << refused.err;
  }
  const Outcome missing = pgfill({"run", file_ + ".sql", "--yes"});
  EXPECT_EQ(missing.exit, 2) << missing.err;
  EXPECT_EQ(done(), 0);
}

}  // namespace
}  // namespace pgfill::tests
