// `pgfill adopt`: the present database and table become the job's own.
#include <ostream>

#include "cli/verbs.h"
#include "pgfill/repair.h"

namespace pgfill::cli {

ExitCode execute(const AdoptArguments& arguments, Console& console) {
  const auto adopted = adopt_job(resolve_connection(arguments.connection, console.environment), arguments.job);
  if (!adopted) return fail(adopted.error(), console);
  console.out << *adopted + "\n" << std::flush;
  return ExitCode::done;
}

}  // namespace pgfill::cli
