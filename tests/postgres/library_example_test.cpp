// The example program of the library: what it prints is what happened, and the table is right afterwards.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "rig/process.h"
#include "support/database.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

/// A file that goes with the object.
class SpecFile {
 public:
  explicit SpecFile(const std::string& text)
      : path_(std::filesystem::path(testing::TempDir()) / ("library_example_" + std::to_string(getpid()) + ".yaml")) {
    std::ofstream(path_) << text;
  }
  ~SpecFile() { std::filesystem::remove(path_); }
  SpecFile(const SpecFile&) = delete;
  SpecFile& operator=(const SpecFile&) = delete;

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST(LibraryExample, PlansRunsPausesResumesStopsAndFinishes) {
  ScratchDatabase scratch;
  Database database(scratch.conninfo());
  database.execute(
      "CREATE TABLE users (id bigint PRIMARY KEY, user_status text, account_state text);"
      "INSERT INTO users SELECT i, 'status ' || i % 7 FROM generate_series(1, 100000) i; ANALYZE users");
  const SpecFile spec(
      "version: 1\njob: example\ntable: public.users\nset: {account_state: user_status}\n"
      "where: account_state IS NULL\nbatch: {min_rows: 50, max_rows: 100}\n");

  rig::ProcessSpec program;
  program.program = std::string(PGFILL_LIBRARY_EXAMPLE);
  program.arguments = {scratch.conninfo(), spec.path()};
  rig::Process process(program);
  const rig::ProcessEnd end = process.finish(120s);
  const std::string output = process.standard_output();

  EXPECT_TRUE(end.ok()) << output << process.standard_error();
  EXPECT_NE(output.find("planned "), std::string::npos) << output;
  EXPECT_NE(output.find("paused: "), std::string::npos) << output;
  EXPECT_NE(output.find("resumed\n"), std::string::npos) << output;
  EXPECT_NE(output.find("first run: exit 75"), std::string::npos) << output;
  EXPECT_NE(output.find("second run: exit 0, 100000 rows"), std::string::npos) << output;
  EXPECT_EQ(database.integer("SELECT count(*) FROM users WHERE account_state IS DISTINCT FROM user_status"), 0);
}

}  // namespace
}  // namespace pgfill::tests
