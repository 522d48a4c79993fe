// Checks of what the words of a statement mean: ONLY, DEFAULT, strings and names.
#include "plan/checks/checks.h"

#include <gtest/gtest.h>

#include "unit/plan/example_facts.h"

namespace pgfill::plan {
namespace {

using Severity = Finding::Severity;

bool says(const Findings& findings, std::string_view words) {
  for (const Finding& finding : findings) {
    if (finding.text.find(words) != std::string::npos || finding.remedy.find(words) != std::string::npos) return true;
  }
  return false;
}

TEST(WordsChecks, UpdateOnlyMeansNothingForAPartitionedTableAndTheRowsOfAParent) {
  Subject subject = example_subject();
  subject.facts.table.kind = 'p';
  subject.spec.only = true;
  EXPECT_TRUE(says(found_by(check_table_kind, subject), "UPDATE ONLY changes nothing in it"));
  subject = example_subject();
  subject.facts.has_children = true;
  EXPECT_TRUE(says(found_by(check_table_kind, subject), "write UPDATE ONLY"));
  subject.spec.only = true;
  EXPECT_TRUE(found_by(check_table_kind, subject).empty());
}

TEST(WordsChecks, DefaultIsSaidAndRefusedWhereItWouldChangeNothingOrDependOnTheSession) {
  Subject subject = example_subject();
  subject.facts.defaults = {{"state", "'new'::text", true}};
  EXPECT_EQ(found_by(check_defaults, subject).front().severity, Severity::note);
  subject.facts.defaults = {{"state", "currval('s'::regclass)::text", true}};
  EXPECT_EQ(found_by(check_defaults, subject).front().code, ErrorCode::expression_unsafe);
  subject.facts.defaults = {{"state", "NULL", false}};
  subject.spec.where = "state IS NULL";
  EXPECT_TRUE(says(found_by(check_defaults, subject), "has no default"));
  EXPECT_EQ(found_by(check_defaults, subject).front().severity, Severity::refusal);
  subject.spec.where = "state = 'old'";
  EXPECT_EQ(found_by(check_defaults, subject).front().severity, Severity::note);
}

TEST(WordsChecks, ABackslashInAPlainStringIsRefusedWhereTheSessionReadsItOtherwise) {
  Subject subject = example_subject();
  subject.spec.where = "state = 'a\\nb'";
  EXPECT_TRUE(found_by(check_string_escapes, subject).empty());
  subject.facts.plain_backslashes = false;
  EXPECT_EQ(found_by(check_string_escapes, subject).front().code, ErrorCode::expression_unsafe);
  for (const char* same : {"state = E'a\\nb'", "state = $$a\\nb$$", "\"a\\b\" IS NULL", "state = 'ab'"}) {
    subject.spec.where = same;
    EXPECT_TRUE(found_by(check_string_escapes, subject).empty()) << same;
  }
}

TEST(WordsChecks, ANameThatIsNoColumnMayBeAStringOrAParameter) {
  Subject subject = example_subject();
  subject.spec.where = "state = \"new\" AND id > @first";
  subject.statement.rejection =
      Rejection{"42703", "column \"new\" does not exist", "", "where", postgres::Condition::undefined_column, "new"};
  EXPECT_NE(found_by(check_expressions, subject).front().remedy.find("single ones: 'new'"), std::string::npos);
  subject.statement.rejection->missing_column = "first";
  EXPECT_NE(found_by(check_expressions, subject).front().remedy.find("write the value itself"), std::string::npos);
  subject.statement.rejection->missing_column = "other";
  subject.statement.rejection->hint = "the server's";
  EXPECT_EQ(found_by(check_expressions, subject).front().remedy, "the server's");
}

}  // namespace
}  // namespace pgfill::plan
