// `pgfill demo` as a person sees it, small: it kills and resumes its job, proves the result, and leaves nothing behind.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "rig/process.h"
#include "support/eventually.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

rig::Process start_demo(const std::string& rows) {
  rig::ProcessSpec spec;
  spec.program = PGFILL_BINARY;
  spec.arguments = {"demo", "--rows", rows};
  return rig::Process(spec);
}

/// The scratch directory as the demo names it; empty before it has.
std::string directory_in(const std::string& text) {
  const auto begin = text.find("/pgfill-");
  const auto end = text.find('\n', begin);
  if (begin == std::string::npos || end == std::string::npos) return {};
  const auto start = text.rfind(' ', begin) + 1;
  return text.substr(start, end - start);
}

TEST(Demo, KillsResumesProvesAndCleansUp) {
  rig::Process demo = start_demo("300000");
  const auto end = demo.finish(120s);
  const std::string text = demo.standard_output();
  SCOPED_TRACE(text + demo.standard_error());
  EXPECT_TRUE(end.ok());
  EXPECT_NE(text.find("That was kill -9, on purpose"), std::string::npos);
  EXPECT_NE(text.find("right  every row counted once"), std::string::npos);
  EXPECT_EQ(text.find("WRONG"), std::string::npos);
  ASSERT_FALSE(directory_in(text).empty());
  EXPECT_FALSE(std::filesystem::exists(directory_in(text)));
}

TEST(Demo, CleansUpAfterCtrlC) {
  rig::Process demo = start_demo("1000");
  ASSERT_TRUE(eventually(60s, [&] { return demo.standard_output().find("Measuring") != std::string::npos; }));
  const std::string directory = directory_in(demo.standard_output());
  ASSERT_TRUE(std::filesystem::exists(directory));
  demo.signal(SIGINT);
  EXPECT_EQ(demo.finish(10s).exit_code, 75);
  EXPECT_TRUE(eventually(30s, [&] { return !std::filesystem::exists(directory); }));
}

}  // namespace
}  // namespace pgfill::tests
