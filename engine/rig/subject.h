// The tables that jobs are shown and proved on, and the statements by which an application uses them meanwhile. Loads
// and describes; runs no job and judges nothing.
#pragma once

#include <cstdint>

#include "pgfill/job.h"
#include "sql/statement.h"

namespace pgfill::rig {

/// What an application does to a subject. Keys that exist at the start are stride, 2 stride, …, rows * stride.
struct Workload {
  std::int64_t rows = 0;
  std::int64_t stride = 1;    ///< above 1: the application inserts between the keys too
  sql::Statement read;        ///< $1 key
  sql::Statement lock;        ///< $1 key
  sql::Statement log_change;  ///< $1 key, $2 operation, $3 value
  sql::Statement change;      ///< $1 key, $2 value
  sql::Statement insert;      ///< $1 key, $2 operation, $3 value; logs too
  sql::Statement log_delete;  ///< $1 key, $2 operation
  sql::Statement remove;      ///< $1 key
  sql::Statement move = {};   ///< $1 key, $2 number of an unused place; without a text no row is moved
};

/// The playbook's table: users(id, user_status, email, payload, updated_at, account_state). Its job is
/// UPDATE users SET account_state = user_status WHERE account_state IS NULL.
/// Every function below blocks and throws postgres::Failure.
void create_users(const ConnectionSettings& connection, std::int64_t rows);
Workload users_workload(std::int64_t rows);

/// A table whose job is not idempotent, so that a row done twice shows:
/// UPDATE subject SET n = n + 1, d = a * 2 + 1. A trigger records each change of n.
void create_subject(const ConnectionSettings& connection, std::int64_t rows, std::int64_t stride = 10);
Workload subject_workload(std::int64_t rows, std::int64_t stride = 10);
/// Records every step of a range in the ledger, which must be installed and empty.
void audit_ledger(const ConnectionSettings& connection);

/// Heap with its free space and visibility maps, in bytes.
std::int64_t table_bytes(const ConnectionSettings& connection, const std::string& table);

}  // namespace pgfill::rig
