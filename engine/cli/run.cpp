// `pgfill run`: a spec file, an SQL file or statement, or a job of the ledger, run here.
#include "cli/carry_out.h"
#include "cli/subject.h"
#include "cli/verbs.h"

namespace pgfill::cli {

ExitCode execute(const RunArguments& arguments, Console& console) {
  const Result<Subject> subject =
      load_subject(arguments.subject, arguments.job, arguments.connection, console.environment);
  if (!subject) return fail(subject.error(), console, arguments.output);
  say_left_out(arguments.subject, subject->left_out, console);
  return carry_out(arguments, *subject, console);
}

}  // namespace pgfill::cli
