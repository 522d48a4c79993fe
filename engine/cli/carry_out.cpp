#include "cli/carry_out.h"

#include <memory>
#include <ostream>
#include <utility>

#include "cli/closing.h"
#include "cli/command_line.h"
#include "cli/confirmation.h"
#include "cli/display.h"
#include "cli/signals.h"
#include "report/error_text.h"
#include "report/quantity.h"

namespace pgfill::cli {

namespace {

RunReport run_and_show(const RunArguments& arguments, const Subject& subject, std::optional<Plan> plan,
                       report::Log* log, Console& console) {
  Control control;
  const StopBySignal signals(control);
  const std::unique_ptr<Display> display = make_display(arguments.output, console, control);
  RunObserver observer(*display, log);
  const RunOptions options{arguments.again, arguments.takeover, arguments.workers, std::move(plan)};
  RunReport report = run_job(subject.spec, subject.connection, options, control, observer);
  display->finish(report);
  return report;
}

void tell_lost_lines(const report::Log& log, Console& console) {
  if (log.lost() > 0)
    console.err << "warning: " + report::counted(log.lost(), "line") + " of the log could not be written\n";
}

void tell_end(const RunArguments& arguments, const Subject& subject, const RunReport& report, Console& console) {
  if (report.exit != ExitCode::done) console.err << report::format_error(report.error, console.can.colour_err);
  console.err << closing_line(report, subject.spec.job, as_run(arguments.words)) << std::flush;
}

}  // namespace

ExitCode carry_out(const RunArguments& arguments, const Subject& subject, Console& console,
                   const Preparation& prepare) {
  std::unique_ptr<report::Log> log;
  if (!arguments.log.empty()) {
    Result<std::unique_ptr<report::Log>> opened = report::Log::open(arguments.log, arguments.log_level);
    if (!opened) return fail(opened.error(), console, arguments.output);
    log = std::move(*opened);
  }
  const Result<std::optional<JobStatus>> standing = find_standing(subject);
  if (!standing) return fail(standing.error(), console, arguments.output);
  Confirmation confirmed = confirm(arguments, subject, *standing, console);
  if (confirmed.ended) return *confirmed.ended;
  if (prepare) {
    if (const auto error = prepare()) return fail(*error, console, arguments.output);
  }
  const RunReport report = run_and_show(arguments, subject, std::move(confirmed.plan), log.get(), console);
  if (log) tell_lost_lines(*log, console);
  tell_end(arguments, subject, report, console);
  return report.exit;
}

}  // namespace pgfill::cli
