// What the documents show is true of the program: every `pgfill` command in a shell block of README.md names a verb and
// options the program knows. The examples themselves are run by the server tests.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <algorithm>
#include <cstdio>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tree.h"

namespace pgfill::structure {
namespace {

/// Lines of ```sh blocks that begin with "pgfill ", without comments.
std::vector<std::string> shown_commands(const std::string& markdown) {
  std::vector<std::string> commands;
  std::istringstream stream(markdown);
  bool shell = false;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("```")) shell = line == "```sh";
    if (shell && line.starts_with("pgfill "))
      commands.push_back(std::regex_replace(line, std::regex(R"(\s+# .*$)"), ""));
  }
  return commands;
}

struct Outcome {
  int exit = -1;
  std::string output;
};

Outcome run(const std::string& command) {
  Outcome outcome;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return outcome;
  char buffer[4096];
  while (const std::size_t size = fread(buffer, 1, sizeof buffer, pipe)) outcome.output.append(buffer, size);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) outcome.exit = WEXITSTATUS(status);
  return outcome;
}

std::vector<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (auto match = std::sregex_iterator(text.begin(), text.end(), expression); match != std::sregex_iterator();
       ++match) {
    found.push_back((*match)[1]);
  }
  return found;
}

TEST(Readme, shows_commands_the_program_knows) {
  const std::vector<std::string> commands = shown_commands(read_project_file("README.md"));
  ASSERT_GE(commands.size(), 5u);
  for (const std::string& command : commands) {
    const std::string verb = matches(command, "^pgfill ([a-z]+)").at(0);
    const Outcome help = run(std::string(PGFILL_BINARY) + " " + verb + " --help");
    EXPECT_EQ(help.exit, 0) << command << "\n" << help.output;
    const std::string unquoted = std::regex_replace(command, std::regex("\"[^\"]*\""), "");
    for (const std::string& option : matches(unquoted, " (--?[a-z][a-z-]*)")) {
      EXPECT_NE(help.output.find(option), std::string::npos) << command << ": " << verb << " has no option " << option;
    }
  }
}

TEST(Readme, names_only_scripts_that_exist) {
  for (const std::string document : {"README.md", "tests/README.md", "bench/README.md", "engine/README.md"}) {
    for (const std::string& path :
         matches(read_project_file(document), R"((?:^|[\s`])((?:\.dev|bench/[a-z]+)/[a-z._/-]+))")) {
      EXPECT_FALSE(read_project_file(path).empty()) << document;
    }
  }
}

TEST(Readme, lists_every_verb_and_no_other) {
  const std::string readme = read_project_file("README.md");
  const Outcome help = run(std::string(PGFILL_BINARY) + " --help");
  // Only verbs are indented by two blanks and followed by what they take or say.
  const std::string verbs = help.output.substr(0, help.output.find("\nThe shortest way in"));
  std::vector<std::string> known = matches(verbs, R"(\n  ([a-z]+) )");
  std::vector<std::string> listed = matches(readme, R"(\n\| `([a-z]+)(?:`| ))");
  ASSERT_GE(known.size(), 10u) << help.output;
  std::sort(known.begin(), known.end());
  std::sort(listed.begin(), listed.end());
  EXPECT_EQ(listed, known);
}

TEST(Readme, lists_every_exit_code) {
  const std::string readme = read_project_file("README.md");
  const std::string header = read_project_file("include/pgfill/error.h");
  for (const std::string& code : matches(header, R"(\n  [a-z_]+ = (\d+),)")) {
    EXPECT_NE(readme.find("\n| " + code + " |"), std::string::npos) << "exit code " << code;
  }
}

}  // namespace
}  // namespace pgfill::structure
