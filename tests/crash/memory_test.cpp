// Rows and messages larger than the memory that pgfill may have: none of it passes through the engine.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>

#include "support/database.h"
#include "support/eventually.h"
#include "support/job_process.h"
#include "support/memory_group.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t limit = std::size_t{128} << 20;
constexpr std::int64_t rows = 2'000;

class Memory : public ::testing::Test {
 protected:
  ScratchDatabase scratch_;
  Database database_{scratch_.conninfo()};
  MemoryGroup group_{limit};

  void SetUp() override {
    database_.execute(
        "CREATE TABLE items (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, wide bytea);"
        "ALTER TABLE items ALTER COLUMN wide SET STORAGE EXTERNAL");
    database_.execute("INSERT INTO items SELECT generate_series(1, " + std::to_string(rows) + ")");
  }
  rig::Process start(std::vector<std::string> arguments) {
    rig::ProcessSpec spec;
    spec.program = pgfill_program();
    spec.arguments = std::move(arguments);
    spec.environment = shared_cluster().primary().environment(scratch_.name());
    return rig::Process(group_.confine(spec));
  }
  /// The most it had until it ended.
  std::size_t finish(rig::Process& job, rig::ProcessEnd& end) {
    std::size_t peak = 0;
    EXPECT_TRUE(eventually(240s, [&] {
      peak = std::max(peak, peak_memory(job.pid()));
      return !job.running();
    }));
    end = job.finish(1s);
    std::cout << "peak " << (peak >> 20) << " MiB, limited by " << group_.name() << "\n";
    return peak;
  }
};

TEST_F(Memory, ARowOfTwoHundredMegabytesDoesNotPassThroughTheEngine) {
  database_.execute("UPDATE items SET wide = decode(repeat('ab', 200 << 20), 'hex') WHERE id = 777");
  rig::Process job = start({"run", "UPDATE items SET wide = wide || 'x', n = n + 1", "--yes"});
  rig::ProcessEnd end;
  EXPECT_LT(finish(job, end), limit);
  EXPECT_TRUE(end.ok()) << end.signal << job.standard_error();
  EXPECT_EQ(database_.integer("SELECT length(wide) FROM items WHERE id = 777"), (200 << 20) + 1);
}

TEST_F(Memory, MessagesOfMegabytesAreCutShort) {
  database_.execute(
      "CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF new.id % 200 = 0 THEN "
      "RAISE '%', repeat('no! ', 1000000) USING DETAIL = repeat('x', 2000000); END IF; RETURN new; END$$");
  database_.execute("CREATE TRIGGER complain BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION complain()");
  const std::string spec = ::testing::TempDir() + "pgfill-" + std::to_string(::getpid()) + "-memory.yaml";
  std::ofstream(spec) << "version: 1\njob: items\ntable: items\nset: {n: n + 1}\n"
                         "bad_rows: {action: quarantine, at_most: 100}\n";
  rig::Process job = start({"run", spec, "--yes"});
  rig::ProcessEnd end;
  EXPECT_LT(finish(job, end), limit);
  EXPECT_EQ(end.exit_code, 1) << job.standard_error();
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.skipped"), rows / 200);
  EXPECT_LT(database_.integer("SELECT max(length(message)) FROM pgfill.skipped"), 3000);
  EXPECT_LT(job.standard_error().size(), 1'000'000);
  std::remove(spec.c_str());
}

}  // namespace
}  // namespace pgfill::tests
