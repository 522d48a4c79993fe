#include "report/error_text.h"

#include <gtest/gtest.h>

#include "report/style.h"

namespace pgfill::report {
namespace {

TEST(ErrorText, AnErrorInASpecShowsTheLineAndTheAdvice) {
  Error error;
  error.code = ErrorCode::key_not_unique;
  error.message = R"(key column "created_at" is not unique; batches could skip rows)";
  error.place = {"users.yaml", 23, 7, "key: [created_at]", 10};
  error.remark = R"(add "id" as tie-breaker: key: [created_at, id])";
  EXPECT_EQ(format_error(error, false),
            "users.yaml:23:7: error PF2005: key column \"created_at\" is not unique; batches could skip rows\n"
            "   23 | key: [created_at]\n"
            "      |       ^^^^^^^^^^ add \"id\" as tie-breaker: key: [created_at, id]\n");
}

TEST(ErrorText, AnErrorOfARunSaysWhereThingsStandAndWhatToDo) {
  Error error;
  error.code = ErrorCode::data_rejected;
  error.message = "value too long for type character varying(50) (job users-account-state, range 17)";
  error.sqlstate = "22001";
  error.state = "1,204,000 rows committed through id 1210044; nothing else changed";
  error.hint = "correct the row, then run again";
  EXPECT_EQ(format_error(error, false),
            "error PF5001: value too long for type character varying(50) (job users-account-state, range 17) (SQLSTATE "
            "22001)\n"
            "state: 1,204,000 rows committed through id 1210044; nothing else changed\n"
            "hint:  correct the row, then run again\n");
}

TEST(ErrorText, TheSqlstateIsNotSaidTwice) {
  Error error;
  error.message = "deadlock detected (SQLSTATE 40P01)";
  error.sqlstate = "40P01";
  EXPECT_EQ(format_error(error, false), "error PF9001: deadlock detected (SQLSTATE 40P01)\n");
}

TEST(ErrorText, ColourChangesNoWord) {
  Error error;
  error.message = "broken";
  EXPECT_EQ(format_error(error, true), "\033[31merror PF9001:\033[0m broken\n");
}

TEST(ErrorText, LaterLinesOfAHintAreIndented) {
  Error error;
  error.message = "no";
  error.hint = "first\nsecond";
  EXPECT_EQ(format_error(error, false), "error PF9001: no\nhint:  first\n       second\n");
}

TEST(ErrorText, ServerTextCannotSteerTheTerminal) {
  Error error;
  error.message = "bad value \033[2J\r";
  EXPECT_EQ(format_error(error, false), "error PF9001: bad value  [2J \n");
}

TEST(ErrorText, TheUnderlineStaysUnderItsTextInAWideUtf8Line) {
  Error error;
  error.code = ErrorCode::sql_not_batchable;
  error.message = "LIMIT";
  const std::string before = "UPDATE t SET größe = " + std::string(200, 'x') + " ";
  error.place = {"<sql>", 1, static_cast<int>(before.size()) + 1, before + "LIMIT 5", 5};
  const std::string text = format_error(error, false);
  const std::size_t source = text.find("    1 | ") + 8;
  const std::size_t marks = text.find("      | ") + 8;
  const std::string line = text.substr(source, text.find('\n', source) - source);
  const std::string underline = text.substr(marks, text.find('\n', marks) - marks);
  EXPECT_LE(columns(line), 110U);
  EXPECT_EQ(line.substr(underline.find('^'), 5), "LIMIT");
  EXPECT_EQ(underline.substr(underline.find('^')), "^^^^^");
}

TEST(ErrorText, AColumnBeyondTheLineIsSurvived) {
  Error error;
  error.message = "unexpected end";
  error.place = {"a.yaml", 2, 99, "set:", 400};
  EXPECT_EQ(format_error(error, false), "a.yaml:2:99: error PF9001: unexpected end\n    2 | set:\n      |     ^\n");
}

TEST(ErrorText, ARefusalBecomesTheErrorOfARun) {
  Finding finding;
  finding.severity = Finding::Severity::refusal;
  finding.code = ErrorCode::privilege;
  finding.text = "role app lacks UPDATE on public.users";
  finding.remedy = "GRANT UPDATE ON public.users TO app";
  const Error error = error_of(finding);
  EXPECT_EQ(exit_code_of(error.code), ExitCode::refused);
  EXPECT_EQ(error.message, finding.text);
  EXPECT_EQ(error.hint, finding.remedy);
}

}  // namespace
}  // namespace pgfill::report
