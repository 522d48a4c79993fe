#include "ledger/schema.h"

#include <span>
#include <string_view>

#include "ledger/statements.h"
#include "postgres/transaction.h"

namespace pgfill::ledger {
namespace {

using async::Task;
using postgres::Parameters;
using postgres::Rows;

/// What makes version n + 1 of the tables of version n, at place n - 1. Version 1 is the first.
constexpr std::span<const sql::Statement* const> migrations;

/// Of which text the functions of this program are, and of which fields. Source: FNV-1a, 64 bits.
std::string name_of_functions(const LiveFields& fields) {
  std::uint64_t hash = 14695981039346656037U;
  const auto take = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    hash *= 1099511628211U;  // where one text ends and the next begins
  };
  take(sql::ledger_functions.text);
  for (const auto& [path, shape] : fields) {
    take(path);
    take(shape);
  }
  return std::to_string(hash);
}

/// What fills the table of live fields.
Parameters columns_of(const LiveFields& fields) {
  std::vector<std::string> paths;
  std::vector<std::string> shapes;
  for (const auto& [path, shape] : fields) {
    paths.push_back(path);
    shapes.push_back(shape);
  }
  return {postgres::array_literal(paths), postgres::array_literal(shapes)};
}

Error wrong_version(int found, const std::string& database) {
  Error error;
  error.code = ErrorCode::ledger_version;
  error.message = "the pgfill schema of database \"" + database + "\" has version " + std::to_string(found) +
                  ", this program needs version " + std::to_string(schema_version);
  error.state = "nothing changed";
  error.hint =
      found > schema_version ? "use the pgfill that installed it, or a newer one" : "upgrade it: pgfill install";
  return error;
}

Error damaged(const std::string& database) {
  Error error;
  error.code = ErrorCode::ledger_damaged;
  error.message = "the pgfill schema of database \"" + database + "\" lacks some of its tables";
  error.state = "nothing changed; a job is never started from zero on a damaged ledger";
  error.hint = "restore the schema from a backup, or DROP SCHEMA pgfill CASCADE if no job in it matters";
  return error;
}

/// What is installed; version 0: nothing.
struct Installed {
  int version = 0;
  std::string functions;
};

Task<Result<Installed>> read_installed(postgres::Session& session) {
  Installed installed;
  const Rows found = co_await session.query(sql::ledger_exists);
  if (!found.front().boolean("present")) co_return installed;
  if (!found.front().boolean("whole")) co_return damaged(session.database());
  const Rows version = co_await session.query(sql::ledger_version);
  if (version.empty()) co_return damaged(session.database());
  installed.version = static_cast<int>(version.front().integer("version"));
  installed.functions = version.front().string("functions");
  if (installed.version > schema_version) co_return wrong_version(installed.version, session.database());
  co_return installed;
}

/// What is to be run beside the tables of a version, in a transaction.
std::string script_from(int version) {
  std::string script;
  if (version == 0) script.append(sql::ledger_tables.text);
  if (version > 0) {
    for (const sql::Statement* migration : migrations.subspan(static_cast<std::size_t>(version - 1))) {
      script.append(migration->text);
    }
  }
  return script.append("\n").append(sql::ledger_functions.text);
}

/// Between BEGIN and COMMIT, and alone.
Task<std::optional<Error>> install_alone(postgres::Session& session, LiveFields fields) {
  const Result<Installed> found = co_await read_installed(session);
  if (!found) co_return found.error();
  co_await session.script(script_from(found->version));
  Parameters columns = columns_of(fields);
  co_await session.query(sql::ledger_set_live_fields, std::move(columns));
  Parameters parameters{std::to_string(schema_version), name_of_functions(fields)};
  co_await session.query(sql::ledger_note_version, std::move(parameters));
  co_return std::nullopt;
}

}  // namespace

Task<Result<int>> find_schema(postgres::Session& session) {
  const Result<Installed> found = co_await read_installed(session);
  if (!found) co_return found.error();
  co_return found->version;
}

Task<Result<int>> require_schema(postgres::Session& session) {
  Result<int> found = co_await find_schema(session);
  if (!found || *found == schema_version) co_return found;
  if (*found > 0) co_return wrong_version(*found, session.database());
  Error error;
  error.code = ErrorCode::ledger_missing;
  error.message = "database \"" + session.database() + "\" has no pgfill schema: no job was ever registered here";
  error.hint = "check the database name, or start a job with pgfill run";
  co_return error;
}

Task<Result<int>> ensure_schema(postgres::Session& session, LiveFields fields) {
  const Result<Installed> found = co_await read_installed(session);
  if (!found) co_return found.error();
  if (found->version == schema_version && found->functions == name_of_functions(fields)) co_return schema_version;
  co_return co_await install_schema(session, std::move(fields));
}

Task<Result<int>> install_schema(postgres::Session& session, LiveFields fields) {
  co_await session.script(std::string(sql::ledger_begin_install.text));
  const std::optional<Error> refused = co_await install_alone(session, std::move(fields));
  co_await session.query(refused ? postgres::rollback().statement : postgres::commit().statement);
  if (refused) co_return *refused;
  co_return schema_version;
}

}  // namespace pgfill::ledger
