#include "report/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

namespace pgfill::report {
namespace {

using namespace std::chrono_literals;

Event failed_batch() {
  return {std::chrono::system_clock::time_point(1'700'000'000'123ms), "users",
          event::BatchFailed{17, 2, event::BatchFailed::Kind::retry, "40P01", "deadlock detected", 250ms}};
}

Event committed_batch() {
  return {{}, "users", event::BatchCommitted{17, 2, 2'300, 2'100, 310ms}};
}

class LogFile : public testing::Test {
 public:
  ~LogFile() override { std::filesystem::remove(path_); }

 protected:
  LogFile() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path(testing::TempDir()) /
            ("pgfill-log-" + std::to_string(getpid()) + "-" + std::string(info->name()));
  }
  std::string content() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path path_;
};

TEST(LogLine, ItsFieldsAreAContract) {
  EXPECT_EQ(log_line(failed_batch()),
            R"({"ts":"2023-11-14T22:13:20.123Z","level":"warning",)"
            R"x("msg":"batch failed in range 17, again in 250ms: deadlock detected (SQLSTATE 40P01)","job":"users",)x"
            R"("kind":"batch_failed","range":17,"worker":2,"sqlstate":"40P01","reason":"deadlock detected",)"
            R"("delay_ms":250})");
  EXPECT_EQ(nlohmann::json::parse(log_line(committed_batch()))["duration_ms"], 310.0);
}

TEST(LogLine, AStopOnRequestIsNoErrorButAFailureIs) {
  event::Stopped stopped;
  stopped.error.code = ErrorCode::interrupted;
  EXPECT_EQ(level_of({{}, "users", stopped}), LogLevel::info);
  stopped.error.code = ErrorCode::data_rejected;
  EXPECT_EQ(level_of({{}, "users", stopped}), LogLevel::error);
}

TEST_F(LogFile, HoldsOneObjectALineFromItsLevelUp) {
  auto log = Log::open(path_.string(), LogLevel::info);
  ASSERT_TRUE(log);
  (*log)->write(committed_batch());
  (*log)->write(failed_batch());
  (*log)->write({{}, "users", event::Started{2}});
  EXPECT_EQ((*log)->lost(), 0);
  std::istringstream lines(content());
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(nlohmann::json::parse(line)["kind"], "batch_failed");
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(nlohmann::json::parse(line)["kind"], "job_started");
  EXPECT_FALSE(std::getline(lines, line));
}

TEST_F(LogFile, IsAppendedTo) {
  for (int run = 0; run < 2; ++run) {
    auto log = Log::open(path_.string(), LogLevel::debug);
    ASSERT_TRUE(log);
    (*log)->write(committed_batch());
  }
  const std::string text = content();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
}

TEST(Log, AFullDiskLosesLinesAndNothingElse) {
  auto log = Log::open("/dev/full", LogLevel::debug);
  ASSERT_TRUE(log);
  for (int line = 0; line < 5; ++line) (*log)->write(committed_batch());
  EXPECT_EQ((*log)->lost(), 5);
}

TEST(Log, AFileThatCannotBeOpenedIsAUsageError) {
  auto log = Log::open("/proc/nowhere/pgfill.log", LogLevel::info);
  ASSERT_FALSE(log);
  EXPECT_EQ(exit_code_of(log.error().code), ExitCode::usage);
  EXPECT_NE(log.error().message.find("/proc/nowhere/pgfill.log"), std::string::npos) << log.error().message;
}

}  // namespace
}  // namespace pgfill::report
