// Settings that a role or a database can carry, each with unusual values that still let anybody work.
#pragma once

#include <string>
#include <vector>

#include "support/database.h"

namespace pgfill::tests {

/// A setting and a value for it, as SQL that may stand after TO.
struct Trial {
  std::string name;
  std::string value;
};

std::string described(const std::vector<Trial>& trials);

/// All settings of a server that a session may have from its role or its database.
struct UnusualSettings {
  explicit UnusualSettings(Database& database);

  std::vector<Trial> alone;                  ///< decide what SQL or PL/pgSQL means, or what a session may do
  std::vector<std::vector<Trial>> together;  ///< costs, logs, buffers: some at a time, none of them twice
  std::string without_value;                 ///< texts that nobody has thought of a value for

 private:
  void add(const postgres::Rows& settings, int row);
};

}  // namespace pgfill::tests
