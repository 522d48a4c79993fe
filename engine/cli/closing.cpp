#include "cli/closing.h"

#include "cli/command_line.h"
#include "report/quantity.h"
#include "report/row_counts.h"

namespace pgfill::cli {

namespace {

/// Short; the error with its details stands above.
std::string reason_of(ExitCode exit) {
  switch (exit) {
    case ExitCode::interrupted:
      return "stopped on request";
    case ExitCode::paused:
      return "paused";
    case ExitCode::cancelled:
      return "cancelled";
    case ExitCode::guardrail:
      return "stopped by a guardrail";
    case ExitCode::owned_elsewhere:
      return "left to another runner";
    case ExitCode::unreachable:
      return "stopped without its database";
    case ExitCode::internal:
      return "stopped by a defect";
    default:
      return "stopped by a failure";
  }
}

std::string changed_words(const Progress& progress) {
  return report::counts_in_full(progress.kind, progress.rows_changed, progress.rows_kept);
}

bool nothing_was_begun(const RunReport& report) {
  switch (report.exit) {
    case ExitCode::usage:
    case ExitCode::refused:
    case ExitCode::authentication:
      return true;
    case ExitCode::unreachable:
    case ExitCode::paused:
    case ExitCode::cancelled:
    case ExitCode::owned_elsewhere:
      return report.progress.batches == 0;
    default:
      return false;
  }
}

}  // namespace

std::string closing_line(const RunReport& report, const std::string& job, const std::vector<std::string>& words) {
  const Progress& progress = report.progress;
  const std::string changed = changed_words(progress);
  if (report.exit == ExitCode::done && report.was_done_before) {
    return job + " was done before, with " + changed +
           "; nothing was done now. To run it anew: " + command_text(with_flags(words, {}, {"--again"})) + "\n";
  }
  if (report.exit == ExitCode::done) {
    return "done: " + job + ", " + changed + " in " + report::duration(progress.elapsed) + " (" +
           report::row_rate(progress.rows_per_second_average) + ")" +
           (report.advice.empty() ? "" : "; left to you: " + report.advice) + "\n";
  }
  if (nothing_was_begun(report)) return "";
  if (report.exit == ExitCode::cancelled) {
    return "cancelled at " + report::percentage(progress.share) + ", " + changed +
           " committed; to take that back: pgfill resume " + job + "\n";
  }
  const std::string committed =
      reason_of(report.exit) + " at " + report::percentage(progress.share) + ", " + changed + " committed";
  if (report.error.code == ErrorCode::bad_rows) return committed + "\n";  // its hint says what to do first
  return committed + "; to go on: " + command_text(with_flags(words, {"--again", "--takeover"}, {})) + "\n";
}

}  // namespace pgfill::cli
