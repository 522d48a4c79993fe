// `pgfill schema`: the JSON Schema of the spec.
#include <ostream>

#include "cli/verbs.h"
#include "spec/field_table.h"

namespace pgfill::cli {

ExitCode execute(const SchemaArguments&, Console& console) {
  console.out << spec::json_schema() << std::flush;
  return ExitCode::done;
}

}  // namespace pgfill::cli
