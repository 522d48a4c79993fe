#include "support/job_process.h"

#include <cstdlib>

namespace pgfill::tests {

rig::Process start_pgfill(const ScratchDatabase& database, std::vector<std::string> arguments) {
  return start_pgfill(shared_cluster().primary().environment(database.name()), std::move(arguments));
}

rig::Process start_pgfill(std::vector<std::pair<std::string, std::string>> environment,
                          std::vector<std::string> arguments) {
  rig::ProcessSpec spec;
  spec.program = PGFILL_BINARY;
  spec.arguments = std::move(arguments);
  spec.environment = std::move(environment);
  return rig::Process(spec);
}

std::string pgfill_program() {
  return PGFILL_BINARY;
}

long number_from_environment(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stol(text);
}

}  // namespace pgfill::tests
