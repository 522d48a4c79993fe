#include "cli/confirmation.h"

#include <istream>
#include <ostream>

#include "cli/command_line.h"
#include "report/error_text.h"
#include "report/plan_text.h"
#include "report/quantity.h"
#include "report/row_counts.h"

namespace pgfill::cli {

namespace {

Error not_confirmed(const std::string& message, const RunArguments& arguments) {
  Error error;
  error.code = ErrorCode::not_confirmed;
  error.message = message;
  error.state = "nothing was changed";
  error.hint = command_text(with_flags(arguments.words, {}, {"--yes"}));
  return error;
}

/// Rows are tried for a person who decides by the figures: with --yes the decision is made.
Confirmation show_plan(const RunArguments& arguments, const Subject& subject, Console& console) {
  const bool tries_rows = !arguments.no_sample && !arguments.yes;
  Result<Plan> plan = plan_job(subject.spec, subject.connection, tries_rows ? Sampling::on : Sampling::off);
  if (!plan) return {fail(plan.error(), console, arguments.output), {}};
  // Those are against a run that goes on with what is registered.
  if (arguments.again) std::erase_if(plan->findings, [](const Finding& finding) { return finding.check == "ledger"; });
  JobSpec shown = subject.spec;
  if (arguments.workers > 0) shown.workers = arguments.workers;
  console.err << report::plan_summary(shown, *plan, console.can.colour_err) << std::flush;
  if (const Finding* refusal = first_refusal(*plan))
    return {fail(report::error_of(*refusal), console, arguments.output), {}};
  return {{}, std::move(*plan)};
}

void show_standing(const JobStatus& standing, Console& console) {
  console.err << standing.job + " goes on at " + report::percentage(standing.share) + ", " +
                     report::counts_in_full(standing.kind, standing.rows_changed, standing.rows_kept) +
                     " committed so far\n"
              << std::flush;
}

bool says_yes(Console& console) {
  console.err << "Run it? [y/N] " << std::flush;
  std::string answer;
  std::getline(console.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes";
}

}  // namespace

Confirmation confirm(const RunArguments& arguments, const Subject& subject, const std::optional<JobStatus>& standing,
                     Console& console) {
  // A finished job is not run again, and another runner's job is not taken: the run itself says so.
  const bool finished = standing && standing->state == JobState::done && !arguments.again;
  const bool owned = standing && standing->runner_alive && !arguments.takeover;
  if (finished || owned) return {};
  Confirmation shown;
  if (standing && !arguments.again) {
    show_standing(*standing, console);
  } else {
    shown = show_plan(arguments, subject, console);
  }
  if (shown.ended || arguments.yes) return shown;
  if (!console.can.ask)
    return {fail(not_confirmed("nobody can be asked here whether to run it", arguments), console, arguments.output),
            {}};
  if (says_yes(console)) return {};
  return {fail(not_confirmed("not run, as the answer was not yes", arguments), console, arguments.output), {}};
}

}  // namespace pgfill::cli
