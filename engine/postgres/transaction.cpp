#include "postgres/transaction.h"

#include "sql/statements.h"

namespace pgfill::postgres {

std::vector<Command> begin(const Pins& pins) {
  Parameters settings{pins.search_path, std::to_string(pins.statement_timeout.count()),
                      std::to_string(pins.lock_timeout.count()), std::nullopt};
  if (!pins.synchronous_commit) settings.back() = "off";
  std::vector<Command> commands;
  commands.push_back({pins.read_only ? sql::begin_reading : sql::begin_batch, {}});
  commands.push_back({sql::pin_settings, std::move(settings)});
  return commands;
}

Command commit() {
  return {sql::commit, {}};
}

bool committed(const Rows& answer) {
  return answer.tag() == "COMMIT";
}

}  // namespace pgfill::postgres
