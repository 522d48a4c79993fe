#include "ledger/schema.h"

#include <array>

#include "ledger/statements.h"
#include "postgres/transaction.h"

namespace pgfill::ledger {
namespace {

using async::Task;

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

}  // namespace

Task<Result<int>> find_schema(postgres::Session& session) {
  const postgres::Rows found = co_await session.query(sql::ledger_exists);
  if (!found.boolean(0, 0)) co_return 0;
  if (!found.boolean(0, 1)) co_return damaged(session.database());
  const postgres::Rows version = co_await session.query(sql::ledger_version);
  const int number = static_cast<int>(version.integer(0, 0));
  if (number > schema_version) co_return wrong_version(number, session.database());
  if (number == schema_version && !found.boolean(0, 2)) co_return damaged(session.database());
  co_return number;
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

Task<Result<int>> ensure_schema(postgres::Session& session) {
  Result<int> found = co_await find_schema(session);
  if (!found || *found == schema_version) co_return found;
  const std::array scripts{&sql::ledger_schema,  &sql::ledger_control,     &sql::ledger_stripes,
                           &sql::ledger_changes, &sql::ledger_live_fields, &sql::ledger_heap_order};
  std::string script(sql::ledger_begin_upgrade.text);
  for (std::size_t version = static_cast<std::size_t>(*found); version < scripts.size(); ++version) {
    script.append("\n").append(scripts[version]->text);
  }
  script.append("\n").append(postgres::commit().statement.text);
  co_await session.script(std::move(script));
  co_return schema_version;
}

}  // namespace pgfill::ledger
