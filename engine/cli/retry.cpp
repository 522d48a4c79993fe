// `pgfill retry`: a job that stopped goes on, with its quarantined rows when asked.
#include <ostream>

#include "cli/carry_out.h"
#include "cli/verbs.h"
#include "pgfill/repair.h"
#include "report/quantity.h"

namespace pgfill::cli {

namespace {

std::optional<Error> put_back(const Subject& subject, Console& console) {
  const Result<std::int64_t> rows = retry_quarantined(subject.connection, subject.spec.job);
  if (!rows) return rows.error();
  console.err << report::counted(*rows, "quarantined row") + " put back for another try\n" << std::flush;
  return std::nullopt;
}

}  // namespace

ExitCode execute(const RetryArguments& arguments, Console& console) {
  const RunArguments& run = arguments.run;
  const Result<Subject> subject = load_job(run.subject, run.connection, console.environment);
  if (!subject) return fail(subject.error(), console, run.output);
  if (arguments.quarantined) return carry_out(run, *subject, console, [&] { return put_back(*subject, console); });
  console.err << "without --quarantined this is the same as pgfill run " + run.subject + "\n" << std::flush;
  return carry_out(run, *subject, console);
}

}  // namespace pgfill::cli
