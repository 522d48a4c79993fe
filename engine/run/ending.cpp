#include "run/ending.h"

#include "postgres/sqlstate.h"

namespace pgfill::run {

std::string committed_state(const Progress& progress) {
  return std::to_string(progress.rows_changed) + " rows committed, " + std::to_string(progress.ranges_done) + " of " +
         std::to_string(progress.ranges) + " ranges done; nothing of an unfinished batch remains";
}

Error error_of(const schedule::Ending& ending, const std::string& job, const Progress& progress) {
  Error error;
  error.state = committed_state(progress);
  if (ending.how == schedule::Ending::How::stopped) {
    error.code = ErrorCode::interrupted;
    error.message = "stopped before the end of job " + job;
    error.hint = "run it again to go on from there";
    return error;
  }
  error.code = postgres::error_code_of(ending.failure.sqlstate);
  error.sqlstate = ending.failure.sqlstate;
  error.message = ending.failure.message + " (job " + job;
  if (ending.range) error.message += ", range " + std::to_string(*ending.range);
  error.message += error.sqlstate.empty() ? ")" : ", SQLSTATE " + error.sqlstate + ")";
  error.hint = error.code == ErrorCode::data_rejected ? "correct the row or the expression, then run it again to go on"
                                                      : "run it again to go on from there";
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
