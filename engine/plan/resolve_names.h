// What the names in pieces of SQL lead to, as the server resolves them under the search path that each piece runs
// under. Runs inside the transaction the caller has begun, and leaves its search path as it was.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "parse/names_in_sql.h"
#include "plan/called_code.h"
#include "postgres/session.h"

namespace pgfill::plan {

struct NamedCode {
  std::optional<FunctionKey> function;  ///< whose code it is; empty: the job's own
  std::string search_path;
  parse::NamesInSql names;
};

/// In the order of the pieces. A table that is not there is among what is not known.
async::Task<std::vector<Code>> resolve_names(postgres::Session& session, std::vector<NamedCode> pieces,
                                             std::string search_path);

}  // namespace pgfill::plan
