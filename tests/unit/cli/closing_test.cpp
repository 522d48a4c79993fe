#include "cli/closing.h"

#include <gtest/gtest.h>

#include "cli/command_line.h"

namespace pgfill::cli {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

const Words typed{"run", "UPDATE users SET a = b WHERE a IS NULL", "--yes", "-d", "shop"};

RunReport report(ExitCode exit) {
  RunReport report;
  report.exit = exit;
  report.progress.share = 0.661;
  report.progress.rows_changed = 28'510'000;
  report.progress.batches = 18'204;
  report.progress.rows_per_second_average = 39'324;
  report.progress.elapsed = 12min + 5s;
  return report;
}

TEST(ClosingLine, OfADoneJobSaysWhatWasDone) {
  EXPECT_EQ(closing_line(report(ExitCode::done), "users-a", typed),
            "done: users-a, 28,510,000 changed rows in 12m05s (39.3k rows/s)\n");
}

TEST(ClosingLine, OfAJobThatWasDoneBeforeSaysHowToRunItAnew) {
  RunReport before = report(ExitCode::done);
  before.was_done_before = true;
  EXPECT_EQ(closing_line(before, "users-a", {"run", "users.yaml"}),
            "users-a was done before, with 28,510,000 changed rows; nothing was done now. To run it anew: pgfill run "
            "users.yaml --again\n");
}

TEST(ClosingLine, OfAStoppedJobIsTheCommandToGoOn) {
  EXPECT_EQ(
      closing_line(report(ExitCode::interrupted), "users-a", typed),
      "stopped on request at 66.1%, 28,510,000 changed rows committed; to go on: pgfill run \"UPDATE users SET a = "
      "b WHERE a IS NULL\" --yes -d shop\n");
}

TEST(ClosingLine, GoesOnWithoutStartingAnewOrTakingOver) {
  const std::string line =
      closing_line(report(ExitCode::interrupted), "x", {"run", "x.yaml", "--again", "--takeover", "--yes"});
  EXPECT_TRUE(line.ends_with("to go on: pgfill run x.yaml --yes\n")) << line;
}

TEST(ClosingLine, IsLeftOutWhenNothingWasBegun) {
  EXPECT_EQ(closing_line(report(ExitCode::refused), "x", typed), "");
  RunReport unreachable = report(ExitCode::unreachable);
  unreachable.progress = {};
  EXPECT_EQ(closing_line(unreachable, "x", typed), "");
}

TEST(CommandText, IsQuotedForAShellOnlyWhereItMust) {
  EXPECT_EQ(command_text({"run", "jobs/users.yaml"}), "pgfill run jobs/users.yaml");
  EXPECT_EQ(shell_word("UPDATE t SET a = 'x'"), "\"UPDATE t SET a = 'x'\"");
  EXPECT_EQ(shell_word("SET \"A\" = '$1'"), "'SET \"A\" = '\\''$1'\\'''");
  EXPECT_EQ(shell_word(""), "''");
}

TEST(AsRun, PutsRowsBackOnceOnly) {
  EXPECT_EQ(command_text(as_run({"retry", "users", "--quarantined", "--yes", "-d", "shop"})),
            "pgfill run users --yes -d shop");
  EXPECT_EQ(command_text(as_run({"run", "retry", "--yes"})), "pgfill run retry --yes");
  EXPECT_EQ(command_text(as_run({})), "pgfill");
}

TEST(WithFlags, AddsAndRemovesEachOnce) {
  EXPECT_EQ(with_flags({"run", "x", "--again"}, {"--again"}, {"--yes"}), (Words{"run", "x", "--yes"}));
  EXPECT_EQ(with_flags({"run", "x", "--yes"}, {}, {"--yes"}), (Words{"run", "x", "--yes"}));
}

}  // namespace
}  // namespace pgfill::cli
