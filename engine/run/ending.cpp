#include "run/ending.h"

#include "postgres/failure.h"

namespace pgfill::run {

using postgres::Condition;

std::string committed_state(const Progress& progress) {
  return std::to_string(progress.rows_changed) + " rows committed, " + std::to_string(progress.ranges_done) + " of " +
         std::to_string(progress.ranges) + " ranges done; nothing of an unfinished batch remains";
}

namespace {

/// A state of the class 42, but for a privilege.
bool is_refused_statement(Condition condition) {
  return condition == Condition::access_rule_violation || condition == Condition::undefined_column ||
         condition == Condition::invalid_column_reference;
}

/// What to do before it is run again.
std::string hint_for(const Error& error, Condition condition, const std::string& job) {
  std::string again = "run it again to go on from there";
  if (error.code == ErrorCode::data_rejected) return "correct the row or the expression, then " + again;
  if (condition == Condition::query_canceled) {
    return "others wait for that row longer than throttle.lock_wait allows, or it takes longer than a statement may: "
           "pgfill set " +
           job + " throttle.lock_wait=1s, or make what is done to it cheaper (a trigger, an expression); then " + again;
  }
  if (condition == Condition::key_index_gone) return "create that index again, then " + again;
  if (error.code == ErrorCode::table_changed_midway) {
    return "if the job is right for the table as it is now: pgfill adopt " + job + ", then " + again;
  }
  if (error.code == ErrorCode::ownership_lost) return "watch the runner that has it: pgfill status " + job + " -w";
  if (condition == Condition::own_statement) {
    return "look for what others have put on the tables of the schema pgfill (triggers, rules), then " + again;
  }
  if (condition == Condition::own_work) {
    return "with bound: at_start the rows that the job adds are not in its way: start it anew so (--again)\n"
           "or see to the trigger that inserts them (pgfill plan " +
           job + " names those that fire), then " + again;
  }
  if (condition == Condition::disk_full) return "make room on that file system of the server, then " + again;
  if (condition == Condition::insufficient_privilege) return "grant the runner's role what is missing, then " + again;
  if (condition == Condition::ledger_too_old) {
    return "the pgfill schema does not fit this program: pgfill install, then " + again;
  }
  if (is_refused_statement(condition)) {
    return "the statement does not fit the table any more (see pgfill plan " + job +
           "): undo that change, or correct the expression and start anew with --again";
  }
  return again;
}

}  // namespace

Error error_of(const schedule::Ending& ending, const std::string& job, const Progress& progress) {
  Error error;
  error.state = committed_state(progress);
  if (ending.how == schedule::Ending::How::stopped) {
    error.code = ErrorCode::interrupted;
    error.message = "stopped before the end of job " + job;
    error.hint = "run it again to go on from there";
    return error;
  }
  const postgres::Failure failure(ending.failure.sqlstate, ending.failure.message);
  const Error known = postgres::to_error(failure, "");
  error.code = known.code;
  const bool began = exit_code_of(error.code) == ExitCode::refused;  // what is refused before, stops what has begun
  if (began) error.code = ErrorCode::statement_failed;
  error.sqlstate = ending.failure.sqlstate;
  error.message = ending.failure.message + " (job " + job;
  if (ending.range) error.message += ", range " + std::to_string(*ending.range);
  error.message += error.sqlstate.empty() ? ")" : ", SQLSTATE " + error.sqlstate + ")";
  error.hint = hint_for(error, failure.condition(), job);
  if (error.code == ErrorCode::authentication) error.hint = known.hint + "\nthen " + error.hint;
  return error;
}

Error bad_rows_error(const std::string& job, const ledger::SkippedRows& skipped) {
  Error error;
  error.code = ErrorCode::bad_rows;
  error.message = std::to_string(skipped.quarantined) + (skipped.quarantined == 1 ? " row" : " rows") + " of job " +
                  job + " cannot take the new value, for instance " + skipped.sample;
  error.state = "every other row is done; the quarantined ones are unchanged and listed in pgfill.skipped";
  error.hint = "correct the rows or the expression's input, then: pgfill retry " + job + " --quarantined";
  return error;
}

}  // namespace pgfill::run
