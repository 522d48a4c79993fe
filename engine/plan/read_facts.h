// Asks the server for the facts of a table. Reads the catalogue only, never the table, and waits for no lock. Runs
// inside the transaction the caller has begun. Throws postgres::Failure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "plan/facts.h"
#include "postgres/session.h"

namespace pgfill::plan {

/// What names mean in this session, asked before the transaction with its pins begins.
struct SessionFacts {
  std::string search_path;
  bool in_recovery = false;
  bool read_only = false;             ///< by default, default_transaction_read_only
  std::vector<std::string> settings;  ///< what expressions mean under, in the order of session_settings.sql
  bool pooled = false;
  bool plain_backslashes = true;        ///< standard_conforming_strings
  std::optional<SessionLimit> too_few;  ///< sessions that the role or the database may have
};
async::Task<SessionFacts> read_session(postgres::Session& session);

/// Null when no relation of this name is visible. An empty schema is searched for by the search path. `event`: what the
/// job does to rows, which decides what triggers, rules and publications mean to it.
async::Task<std::optional<Facts>> read_facts(postgres::Session& session, std::string schema, std::string table,
                                             kinds::RowEvent event);

/// What DEFAULT stands for in these columns of a table.
async::Task<std::vector<DefaultFact>> read_defaults(postgres::Session& session, std::uint32_t oid,
                                                    std::vector<std::string> columns);

/// Names of existing tables that a mistyped name may have meant; at most three.
async::Task<std::vector<std::string>> similar_tables(postgres::Session& session, std::string table);

}  // namespace pgfill::plan
