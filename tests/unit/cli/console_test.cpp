#include "cli/console.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "cli/display.h"

namespace pgfill::cli {
namespace {

using namespace std::chrono_literals;

Environment environment(std::map<std::string, std::string> values = {}) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

constexpr Terminals all{true, true, true};

TEST(Capabilities, ATerminalMayBeRedrawnColouredAndAsked) {
  const Capabilities can = capabilities(all, environment());
  EXPECT_TRUE(can.ask && can.live && can.live_out && can.colour_out && can.colour_err);
  EXPECT_FALSE(can.fixed_width.has_value());
}

TEST(Capabilities, NoColorTakesColoursOnly) {
  const Capabilities can = capabilities(all, environment({{"NO_COLOR", "1"}}));
  EXPECT_FALSE(can.colour_out || can.colour_err);
  EXPECT_TRUE(can.live && can.ask);
}

TEST(Capabilities, ADumbTerminalGetsLinesButCanAnswer) {
  const Capabilities can = capabilities(all, environment({{"TERM", "dumb"}}));
  EXPECT_FALSE(can.live || can.live_out || can.colour_out || can.colour_err);
  EXPECT_TRUE(can.ask);
}

TEST(Capabilities, NobodyAnswersInACiJob) {
  const Capabilities can = capabilities(all, environment({{"CI", "true"}}));
  EXPECT_FALSE(can.ask || can.live || can.live_out || can.colour_err);
}

TEST(Capabilities, EachStreamIsJudgedByItself) {
  const Capabilities piped = capabilities({true, false, true}, environment());
  EXPECT_TRUE(piped.ask && piped.live && piped.colour_err);
  EXPECT_FALSE(piped.colour_out || piped.live_out);
  EXPECT_FALSE(capabilities({false, true, true}, environment()).ask);
}

TEST(Capabilities, ColumnsSetsTheWidthAndNonsenseDoesNot) {
  EXPECT_EQ(width_of(capabilities(all, environment({{"COLUMNS", "47"}}))), 47U);
  EXPECT_EQ(width_of(capabilities(all, environment({{"COLUMNS", "3"}}))), 20U);
  EXPECT_FALSE(capabilities(all, environment({{"COLUMNS", "wide"}})).fixed_width.has_value());
  EXPECT_FALSE(capabilities(all, environment({{"COLUMNS", "0"}})).fixed_width.has_value());
}

class StreamedConsole : public testing::Test {
 protected:
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  Console console_{in_, out_, err_, environment(), {}};
};

TEST_F(StreamedConsole, ErrorsGoToStderrAndDecideTheExitCode) {
  Error error;
  error.code = ErrorCode::job_owned;
  error.message = "node-a runs it";
  EXPECT_EQ(fail(error, console_), ExitCode::owned_elsewhere);
  EXPECT_EQ(err_.str(), "error PF3006: node-a runs it\n");
  EXPECT_EQ(out_.str(), "");
}

TEST_F(StreamedConsole, ErrorsAreDataTooWhenDataIsJson) {
  Error error;
  error.code = ErrorCode::job_owned;
  error.message = "node-a runs it";
  fail(error, console_, OutputFormat::jsonl);
  EXPECT_TRUE(out_.str().starts_with(R"({"error":{"code":"PF3006",)")) << out_.str();
}

TEST_F(StreamedConsole, LinesShowChangesOfStateAndEasingProgress) {
  const auto display = make_line_display(console_);
  display->on_event({{}, "users", event::Started{2}});
  display->on_event({{}, "users", event::BatchCommitted{1, 0, 50, 50, 3ms}});
  Progress progress;
  progress.job = "users";
  for (progress.elapsed = 0ms; progress.elapsed < 3'100ms; progress.elapsed += 100ms) display->on_progress(progress);
  std::istringstream lines(err_.str());
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line.substr(8), " users: started with 2 workers");
  int progress_lines = 0;
  while (std::getline(lines, line)) progress_lines += line.find(" users: 0.0% of the table") == 8 ? 1 : 100;
  EXPECT_EQ(progress_lines, 3);
  EXPECT_EQ(out_.str(), "");
}

TEST_F(StreamedConsole, JsonLinesSayWhatTheyAre) {
  const auto display = make_json_display(out_, true);
  display->on_event({{}, "users", event::Started{2}});
  Progress progress;
  progress.elapsed = 1s;
  display->on_progress(progress);
  RunReport report;
  report.exit = ExitCode::done;
  display->finish(report);
  std::istringstream lines(out_.str());
  for (const char* begin :
       {R"({"type":"event","at":)", R"({"type":"progress","job":)", R"({"type":"result","exit_code":0)"}) {
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_TRUE(line.starts_with(begin)) << line;
  }
}

TEST_F(StreamedConsole, JsonIsOneValueAtTheEnd) {
  const auto display = make_json_display(out_, false);
  display->on_event({{}, "users", event::Started{2}});
  EXPECT_EQ(out_.str(), "");
  RunReport report;
  report.exit = ExitCode::done;
  display->finish(report);
  EXPECT_TRUE(out_.str().starts_with("{\n  \"exit_code\": 0,")) << out_.str();
}

}  // namespace
}  // namespace pgfill::cli
