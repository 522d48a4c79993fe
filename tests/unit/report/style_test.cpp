#include "report/style.h"

#include <gtest/gtest.h>

namespace pgfill::report {
namespace {

using Lines = std::vector<std::string>;

TEST(Style, ColourIsLeftOutWhenItIsOff) {
  EXPECT_EQ(painted("done", Paint::green, false), "done");
  EXPECT_EQ(painted("done", Paint::green, true), "\033[32mdone\033[0m");
}

TEST(Style, WidthIsCountedInCodePoints) {
  EXPECT_EQ(columns("größe"), 5U);
  EXPECT_EQ(cut("größenordnung", 8), "größe...");
  EXPECT_EQ(cut("short", 8), "short");
}

TEST(Style, TerminalEscapesInForeignTextBecomeSpaces) {
  EXPECT_EQ(one_line("a\033[2Jb\nc"), "a [2Jb c");
}

TEST(Style, PiecesThatFitShareALine) {
  EXPECT_EQ(lay_out("  speed  ", {"one", "", "two"}, 40), (Lines{"  speed  one   two"}));
}

TEST(Style, PiecesThatDoNotFitGoToAnIndentedLine) {
  EXPECT_EQ(lay_out("ab ", {"12345", "67890"}, 12), (Lines{"ab 12345", "   67890"}));
}

TEST(Style, APieceLongerThanALineIsBrokenAtSpaces) {
  EXPECT_EQ(lay_out("", {"one two three four"}, 10), (Lines{"one two", "three four"}));
}

TEST(Style, AWordLongerThanALineIsBrokenAnywhere) {
  EXPECT_EQ(lay_out("", {"abcdefghijkl"}, 5), (Lines{"abcde", "fghij", "kl"}));
}

TEST(Style, NoLineIsWiderThanTheTerminal) {
  const Lines pieces{"users-account-state", "update public.users", "THROTTLED: replica lag r2 1.9s > 1.5s for 8s"};
  for (std::size_t width = 1; width <= 130; ++width) {
    for (const std::string& line : lay_out("  progress   ", pieces, width)) {
      EXPECT_LE(columns(line), width);
    }
  }
}

TEST(Style, TablesAlignTheirColumns) {
  EXPECT_EQ(table({{"JOB", "DONE"}, {"users", "5%"}, {"x", "100%"}}, {1}), "JOB    DONE\nusers    5%\nx      100%\n");
}

}  // namespace
}  // namespace pgfill::report
