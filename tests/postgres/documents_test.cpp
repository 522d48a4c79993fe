// What the documents show is run: every example in jobs/, and every pgfill command in README.md, in order.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/database.h"
#include "support/job_process.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> examples() {
  std::vector<fs::path> specs;
  for (const auto& entry : fs::directory_iterator(fs::path(PGFILL_SOURCE_DIR) / "jobs")) {
    if (entry.path().extension() == ".yaml") specs.push_back(entry.path());
  }
  return specs;
}

/// The query after "-- check: ", which is true once the job has run.
std::string check_of(const std::string& setup) {
  constexpr std::string_view mark = "-- check: ";
  const std::size_t begin = setup.find(mark);
  if (begin == std::string::npos) return "SELECT 'the example has no check'";
  return setup.substr(begin + mark.size(), setup.find('\n', begin) - begin - mark.size());
}

TEST(Examples, EachJobRunsAndItsCheckTurnsTrue) {
  ASSERT_GE(examples().size(), 4U);
  for (const fs::path& spec : examples()) {
    ScratchDatabase scratch;
    Database database(scratch.conninfo());
    const std::string setup = text_of(fs::path(spec).replace_extension(".sql"));
    database.execute(setup);
    EXPECT_NE(database.value(check_of(setup)), "t") << spec << ": its check is true before the job";
    rig::Process run = start_pgfill(scratch, {"run", spec.string(), "--yes"});
    EXPECT_TRUE(run.finish(60s).ok()) << spec << "\n" << run.standard_error();
    EXPECT_EQ(database.value(check_of(setup)), "t") << spec;
  }
}

/// Lines of README's sh blocks that call pgfill; a run is answered with --yes, as nobody sits there.
std::vector<std::string> readme_commands() {
  std::istringstream readme(text_of(fs::path(PGFILL_SOURCE_DIR) / "README.md"));
  std::vector<std::string> commands;
  bool shell = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("```")) shell = line == "```sh";
    if (!shell || !line.starts_with("pgfill ")) continue;
    const bool asks = line.starts_with("pgfill run") && line.find("--yes") == std::string::npos;
    commands.push_back(line + (asks ? " --yes" : ""));
  }
  return commands;
}

TEST(Readme, ItsCommandsWorkInTheirOrder) {
  ScratchDatabase scratch;
  Database database(scratch.conninfo());
  database.execute(
      "CREATE TABLE users (id bigint PRIMARY KEY, user_status varchar(50), account_state varchar(50), account_id int,"
      "  plan text); CREATE TABLE accounts (id int PRIMARY KEY, plan text);"
      "INSERT INTO accounts SELECT i, 'plan ' || i % 3 FROM generate_series(1, 90) i; INSERT INTO users "
      "SELECT i, 'status ' || i % 5, NULL, i % 100 FROM generate_series(1, 3000) i; ANALYZE users; ANALYZE accounts");
  const fs::path folder = fs::path(testing::TempDir()) / scratch.name();
  fs::create_directories(folder);
  ASSERT_GE(readme_commands().size(), 8U);
  for (const std::string& command : readme_commands()) {
    rig::ProcessSpec shell;
    shell.program = "/bin/sh";
    shell.arguments = {"-c", "pgfill() { \"" PGFILL_BINARY "\" \"$@\"; }; " + command};
    shell.environment = shared_cluster().primary().environment(scratch.name());
    shell.working_directory = folder.string();
    rig::Process process(shell);
    EXPECT_TRUE(process.finish(60s).ok()) << command << "\n" << process.standard_output() << process.standard_error();
  }
  EXPECT_EQ(database.integer("SELECT count(*) FROM users WHERE account_state IS DISTINCT FROM user_status"), 0);
  EXPECT_EQ(database.integer("SELECT count(*) FROM users LEFT JOIN accounts a ON a.id = users.account_id "
                             "WHERE users.plan IS DISTINCT FROM a.plan"),
            0);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace pgfill::tests
