#include "work/row_failure.h"

#include "postgres/sqlstate.h"
#include "work/refusals.h"

namespace pgfill::work {

std::string readable_key(const std::vector<std::string>& columns, const Key& key) {
  std::string names;
  std::string values;
  if (columns.size() == 1 && columns.front() == "ctid" && key.size() == 1) return "ctid = " + key.front();
  for (std::size_t i = 0; i < key.size(); ++i) {
    names += (i == 0 ? "" : ", ") + (i < columns.size() ? columns[i] : "?");
    values += (i == 0 ? "" : ", ") + key[i];
  }
  return "(" + names + ") = (" + values + ")";
}

FailureClass retried_as(const postgres::Failure& failure) {
  const FailureClass what = failure.failure_class();
  return what == FailureClass::slow && failure.by_function ? FailureClass::retry : what;
}

void note_failure(const postgres::Failure& failure, RangeOutcome& outcome) {
  outcome.end = RangeOutcome::End::failed;
  outcome.failure = retried_as(failure);
  outcome.sqlstate = failure.sqlstate();
  outcome.message = with_detail(failure);
  if (failure.of_job || outcome.failure != FailureClass::shrink) return;
  outcome.failure = FailureClass::stop;
  outcome.message = "a statement of pgfill's own failed with SQLSTATE " + outcome.sqlstate + ": " + outcome.message;
  outcome.sqlstate = postgres::state_of(postgres::Condition::own_statement);
}

postgres::Failure of_row(const postgres::Failure& failure, const std::vector<std::string>& columns, const Key& key) {
  postgres::Failure named(failure.sqlstate(), std::string(failure.what()) + ", row " + readable_key(columns, key),
                          failure.detail());
  named.of_job = failure.of_job;
  named.by_function = failure.by_function;
  return named;
}

postgres::Failure bad_row_failure(const postgres::Failure& failure, const std::string& row) {
  const std::string message = failure.what();
  if (!asks_for_another_try(failure.failure_class())) {
    return postgres::Failure(failure.sqlstate(), message + ", row " + row, failure.detail(), failure.hint());
  }
  return postgres::Failure(
      postgres::Condition::refused_row,
      message + ", row " + row + ": a function refuses it each time with SQLSTATE " + failure.sqlstate());
}

std::optional<postgres::Failure> too_many_bad_rows(const BadRows& allowed, std::int64_t quarantined,
                                                   const std::string& sqlstate, const std::string& message,
                                                   const std::string& row) {
  if (quarantined <= allowed.at_most) return std::nullopt;
  // Of a refused row the state itself would ask for another try.
  const bool refused = asks_for_another_try(postgres::classify(sqlstate));
  return postgres::Failure(refused ? std::string(postgres::state_of(postgres::Condition::refused_row)) : sqlstate,
                           std::to_string(quarantined) + " rows are quarantined, more than bad_rows.at_most (" +
                               std::to_string(allowed.at_most) + "); the last one: " + message + ", row " + row);
}

}  // namespace pgfill::work
