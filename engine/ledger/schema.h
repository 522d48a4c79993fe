// The ledger's schema: whether it is there, which version, how to create it. Not its contents.
#pragma once

#include "async/task.h"
#include "pgfill/result.h"
#include "postgres/session.h"

namespace pgfill::ledger {

/// The version this program reads and writes.
inline constexpr int schema_version = 6;

/// What is found in the database: 0 = no ledger. An older version than this program's is no error here. Errors:
/// ledger_damaged when some tables are missing, ledger_version when a newer program was here.
async::Task<Result<int>> find_schema(postgres::Session& session);

/// Checks that the ledger is there with the version of this program.
/// Errors: ledger_missing, ledger_version, ledger_damaged.
async::Task<Result<int>> require_schema(postgres::Session& session);

/// Creates the ledger when it is missing and upgrades an older one; idempotent and safe when two programs do it at
/// once. Errors: ledger_version (a newer program was here), ledger_damaged. Throws postgres::Failure 42501 without
/// CREATE on the database.
async::Task<Result<int>> ensure_schema(postgres::Session& session);

}  // namespace pgfill::ledger
