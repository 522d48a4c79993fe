// What is said to be easy to add is: patches of tests/additions that add a made-up field and a made-up signal.
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <set>
#include <string>

#include "tree.h"

namespace pgfill::structure {
namespace {

constexpr std::size_t most_files = 3;

std::set<std::string> files_touched(const std::string& patch) {
  const std::regex target(R"(\n\+\+\+ b/(\S+))");
  std::set<std::string> files;
  for (auto match = std::sregex_iterator(patch.begin(), patch.end(), target); match != std::sregex_iterator(); ++match)
    files.insert((*match)[1]);
  return files;
}

bool applies(const std::string& path) {
  const std::string root = PGFILL_SOURCE_DIR;
  const std::string command =
      "patch -s -p1 --dry-run --fuzz=0 -f -d '" + root + "' < '" + root + "/" + path + "' > /dev/null";
  return std::system(command.c_str()) == 0;
}

void expect_small(const std::string& path, const std::string& also_touches) {
  const std::set<std::string> files = files_touched(read_project_file(path));
  EXPECT_LE(files.size(), most_files) << path;
  EXPECT_TRUE(files.contains(also_touches)) << path << " does not touch " << also_touches;
  EXPECT_TRUE(applies(path)) << path << " does not apply any more: make it anew with git diff -U2";
}

TEST(Additions, a_field_of_the_spec_is_a_member_and_a_row) {
  expect_small("tests/additions/a_field.patch", "engine/spec/field_table.inc");
}

TEST(Additions, a_signal_is_a_file_a_row_and_a_limit) {
  expect_small("tests/additions/a_signal.patch", "engine/throttle/signals/round_trip.cpp");
}

TEST(Additions, a_patch_that_touches_more_or_does_not_apply_is_seen) {
  EXPECT_EQ(files_touched("x\n--- a/b\n+++ b/b\n--- a/c/d\n+++ b/c/d\n").size(), 2U);
  EXPECT_FALSE(applies("tests/additions/none.patch"));
}

}  // namespace
}  // namespace pgfill::structure
