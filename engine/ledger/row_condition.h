// Conditions for rows of a job's table by what the ledger knows of them. Text in, text out; no connection.
#pragma once

#include <string>

#include "sql/statement_builder.h"

namespace pgfill::ledger {

/// The relation that the row is in, by its number in the ledger.
std::string relation_of(const sql::Target& target, const std::string& job);
/// The row is not on the job's list of skipped ones.
std::string not_skipped(const sql::Target& target, const std::string& job);
/// Others have written the row since the job began, before the transaction `until`.
std::string written_since(const sql::Target& target, const std::string& job, const std::string& until);
/// No transaction of the job has inserted the row, unless it has changed rows besides its batch as well.
std::string not_inserted_by(const sql::Target& target, const std::string& job);

}  // namespace pgfill::ledger
