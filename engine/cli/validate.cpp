// `pgfill validate`: spec files checked without a database.
#include <ostream>

#include "cli/verbs.h"
#include "pgfill/spec.h"

namespace pgfill::cli {

ExitCode execute(const ValidateArguments& arguments, Console& console) {
  ExitCode exit = ExitCode::done;
  for (const std::string& file : arguments.files) {
    const Result<JobSpec> spec = load_spec(file);
    if (spec) {
      console.out << file + ": valid, job " + spec->job + "\n";
    } else {
      exit = fail(spec.error(), console);
    }
  }
  console.out << std::flush;
  return exit;
}

}  // namespace pgfill::cli
