// What each SQLSTATE asks for, as the policy says it.
#include "postgres/sqlstate.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "postgres/failure.h"
#include "postgres/rows.h"

namespace pgfill::postgres {
namespace {

TEST(Sqlstate, IsClassifiedAsThePolicySays) {
  const std::map<std::string, FailureClass> policy{
      {"40001", FailureClass::retry},     {"40P01", FailureClass::locked},    {"55P03", FailureClass::locked},
      {"57014", FailureClass::slow},      {"53300", FailureClass::reconnect}, {"57P03", FailureClass::reconnect},
      {"08006", FailureClass::reconnect}, {"57P01", FailureClass::reconnect}, {"57P02", FailureClass::reconnect},
      {"25006", FailureClass::reconnect}, {"", FailureClass::reconnect},      {"22001", FailureClass::shrink},
      {"23505", FailureClass::shrink},    {"P0001", FailureClass::shrink},    {"53100", FailureClass::pause},
      {"53200", FailureClass::pause},     {"54001", FailureClass::pause},     {"42P01", FailureClass::stop},
      {"28P01", FailureClass::stop},      {"3D000", FailureClass::stop},      {"0A000", FailureClass::stop},
      {"XX001", FailureClass::alarm},     {"XX002", FailureClass::alarm},     {"PF001", FailureClass::fenced},
      {"PF008", FailureClass::stop},      {"25P03", FailureClass::reconnect}, {"25P04", FailureClass::reconnect}};
  for (const auto& [sqlstate, wanted] : policy) EXPECT_EQ(classify(sqlstate), wanted) << sqlstate;
}

TEST(Sqlstate, StatesOfPostgresThatAreNotListedStop) {
  for (const char* unknown : {"HV000", "XX000", "P0000", "42P17", "2F003", "38001", "58030", "72000", "PF999"}) {
    EXPECT_EQ(classify(unknown), FailureClass::stop) << unknown;
    EXPECT_EQ(error_code_of(unknown), ErrorCode::statement_failed) << unknown;
  }
}

TEST(Sqlstate, OfARowIsWhateverItsExpressionsAndTriggersRaise) {
  for (const char* raised :
       {"21000", "P0001", "P0002", "P0003", "P0004", "54000", "U0001", "ZZ999", "99999", "P1000"}) {
    EXPECT_EQ(classify(raised), FailureClass::shrink) << raised;
    EXPECT_EQ(error_code_of(raised), ErrorCode::data_rejected) << raised;
  }
}

TEST(Sqlstate, OfInternalErrorsTheMessageTellsThoseThatPass) {
  for (const char* passes : {"could not open relation with OID 16402", "cache lookup failed for relation 16402",
                             "tuple concurrently updated", "tuple concurrently deleted"}) {
    EXPECT_EQ(classify("XX000", passes), FailureClass::passing) << passes;
    EXPECT_EQ(classify("P0001", passes), FailureClass::shrink) << passes;
  }
  EXPECT_EQ(classify("XX000", "unexpected chunk number 3"), FailureClass::stop);
}

TEST(Sqlstate, OfAnErrorThatEndedItsSessionIsALostConnectionWhereItMeansNothingElse) {
  EXPECT_EQ(classify(state_at_end("XX000")), FailureClass::reconnect);
  EXPECT_EQ(classify(state_at_end("08P01")), FailureClass::reconnect);
  for (const char* same : {"XX001", "28P01", "53300", "57P01", "3D000"}) EXPECT_EQ(state_at_end(same), same);
}

TEST(Sqlstate, HasANameWhereSomethingOfItsOwnIsDone) {
  for (const Condition condition : {Condition::fenced, Condition::key_index_gone, Condition::serialization_failure,
                                    Condition::disk_full, Condition::feature_not_supported}) {
    EXPECT_EQ(condition_of(state_of(condition)), condition) << state_of(condition);
    EXPECT_EQ(Failure(condition, "no").condition(), condition);
  }
  EXPECT_EQ(condition_of("42501"), Condition::insufficient_privilege);
  EXPECT_EQ(condition_of("42883", "function f() does not exist"), Condition::access_rule_violation);
  EXPECT_EQ(condition_of("42883", "function pgfill.run_batch(bigint) does not exist"), Condition::ledger_too_old);
  EXPECT_EQ(condition_of("23505"), Condition::other);
  EXPECT_EQ(missing_column(Failure("42703", "column \"new\" does not exist")), "new");
  EXPECT_EQ(missing_column(Failure("42883", "column \"new\" does not exist")), "");
}

TEST(Sqlstate, LeadsToTheDocumentedExitCode) {
  EXPECT_EQ(exit_code_of(error_code_of("PF001")), ExitCode::owned_elsewhere);
  EXPECT_EQ(exit_code_of(error_code_of("28P01")), ExitCode::authentication);
  EXPECT_EQ(exit_code_of(error_code_of("")), ExitCode::unreachable);
  EXPECT_EQ(exit_code_of(error_code_of("53100")), ExitCode::guardrail);
  EXPECT_EQ(exit_code_of(error_code_of("22001")), ExitCode::stopped);
  EXPECT_EQ(exit_code_of(error_code_of("42501")), ExitCode::refused);
}

TEST(ArrayLiteral, QuotesWhatTheServerWouldReadOtherwise) {
  EXPECT_EQ(array_literal({}), "{}");
  EXPECT_EQ(array_literal({"a", "", "NULL"}), R"({"a","","NULL"})");
  EXPECT_EQ(array_literal({R"(q"b\s)", "x,y{}"}), R"({"q\"b\\s","x,y{}"})");
}

}  // namespace
}  // namespace pgfill::postgres
