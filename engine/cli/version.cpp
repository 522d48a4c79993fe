// `pgfill version`.
#include <ostream>

#include "cli/verbs.h"

namespace pgfill::cli {

ExitCode execute(const VersionArguments&, Console& console) {
  console.out << "pgfill " PGFILL_VERSION "\n" << std::flush;
  return ExitCode::done;
}

}  // namespace pgfill::cli
