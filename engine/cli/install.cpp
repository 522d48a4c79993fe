// `pgfill install`: the schema of the ledger.
#include <ostream>

#include "cli/verbs.h"
#include "pgfill/job.h"

namespace pgfill::cli {

ExitCode execute(const InstallArguments& arguments, Console& console) {
  const Result<int> version = install_ledger(resolve_connection(arguments.connection, console.environment));
  if (!version) return fail(version.error(), console);
  console.out << "schema pgfill is installed, version " + std::to_string(*version) + "\n" << std::flush;
  return ExitCode::done;
}

}  // namespace pgfill::cli
