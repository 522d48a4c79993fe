// Which database is meant: flags, then PGFILL_* variables, then PG* variables, then the spec. Pure functions; libpq
// still reads PG* variables, service and password files itself. Does not connect and knows no passwords.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pgfill/job.h"

namespace pgfill::cli {

/// Looks an environment variable up; an empty one counts as absent, as libpq has it.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
Environment process_environment();

/// What was given on the command line; absent when it was not.
struct ConnectionFlags {
  std::optional<std::string> dsn;  ///< libpq connection string or URI
  std::optional<std::string> service;
  std::optional<std::string> host;
  std::optional<std::string> port;
  std::optional<std::string> user;
  std::optional<std::string> dbname;
};

using Keywords = std::vector<std::pair<std::string, std::string>>;

/// A connection string or a service is a whole target: what ranks below it is not mixed into it, but for PG* variables,
/// by which libpq fills what it lacks. `spec` is JobSpec::connection.
ConnectionSettings resolve_connection(const ConnectionFlags& flags, const Environment& environment,
                                      const Keywords& spec = {});

}  // namespace pgfill::cli
