// The ledger's schema: whether it is there, which version, how to install it. Not its contents.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "async/task.h"
#include "pgfill/result.h"
#include "postgres/session.h"

namespace pgfill::ledger {

/// The version this program reads and writes.
inline constexpr int schema_version = 1;

/// Fields of a spec that may be set while a job runs, by path, each with the shape of its values: a regular expression.
using LiveFields = std::vector<std::pair<std::string, std::string>>;

/// What is found in the database: 0 = no ledger. An older version than this program's is no error here. Errors:
/// ledger_damaged when some tables are missing, ledger_version when a newer program was here.
async::Task<Result<int>> find_schema(postgres::Session& session);

/// Checks that the ledger is there with the version of this program.
/// Errors: ledger_missing, ledger_version, ledger_damaged.
async::Task<Result<int>> require_schema(postgres::Session& session);

/// Installs the ledger where it is missing, of an older version, or has the functions or live fields of another build.
/// Errors: ledger_version (a newer program was here), ledger_damaged. Throws postgres::Failure 42501 without CREATE on
/// the database, or when the functions are another role's.
async::Task<Result<int>> ensure_schema(postgres::Session& session, LiveFields fields);

/// As ensure_schema(), and replaces functions and live fields in any case. Safe when two programs do it at once.
async::Task<Result<int>> install_schema(postgres::Session& session, LiveFields fields);

}  // namespace pgfill::ledger
