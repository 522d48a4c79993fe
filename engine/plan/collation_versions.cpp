#include "plan/collation_versions.h"

#include <algorithm>

#include "plan/statements.h"
#include "postgres/server_version.h"
#include "sql/identifier.h"

namespace pgfill::plan {
namespace {

constexpr std::string_view database_collation = "pg_catalog.\"default\"";

bool has_changed(const CollationFact& collation) {
  return !collation.recorded.empty() && !collation.actual.empty() && collation.recorded != collation.actual;
}

bool orders_one_of(const CollationFact& collation, const std::vector<std::string>& columns) {
  return std::find(columns.begin(), columns.end(), collation.column) != columns.end();
}

Error changed(const CollationFact& collation, const std::string& table, bool of_database) {
  Error error;
  error.code = ErrorCode::collation_changed;
  error.message = (of_database ? std::string("the collation of the database") : "collation " + collation.name) +
                  ", which orders the key, was recorded in version " + collation.recorded + " and is now in version " +
                  collation.actual + ": indexes may be in an order that no longer holds, and rows would be passed over";
  error.hint = "REINDEX TABLE CONCURRENTLY " + table + "; then " +
               (of_database ? "ALTER DATABASE ... REFRESH COLLATION VERSION"
                            : "ALTER COLLATION " + collation.name + " REFRESH VERSION") +
               "; a job that was under way must be planned anew";
  return error;
}

}  // namespace

async::Task<std::vector<CollationFact>> read_collations(postgres::Session& session, std::uint32_t table) {
  postgres::Parameters parameters;
  parameters.emplace_back(std::to_string(table));
  const postgres::Rows rows = co_await session.query(sql::plan_collations, std::move(parameters));
  std::vector<CollationFact> collations;
  for (int row = 0; row < rows.size(); ++row) {
    collations.push_back({rows.string(row, 0), rows.string(row, 1), rows.string(row, 2), rows.string(row, 3)});
  }
  if (!postgres::has(session.server_version(), postgres::Feature::version_of_database_collation)) co_return collations;
  const postgres::Rows own = co_await session.query(sql::plan_database_collation);
  collations.push_back({"", "", own.string(0, 0), own.string(0, 1)});
  co_return collations;
}

std::optional<Error> changed_collation(const std::vector<CollationFact>& collations,
                                       const std::vector<std::string>& key_columns, const std::string& table) {
  bool by_database = false;
  for (const CollationFact& collation : collations) {
    if (!orders_one_of(collation, key_columns)) continue;
    if (has_changed(collation)) return changed(collation, table, false);
    by_database = by_database || collation.name == database_collation;
  }
  for (const CollationFact& collation : collations) {
    if (by_database && collation.column.empty() && has_changed(collation)) return changed(collation, table, true);
  }
  return std::nullopt;
}

}  // namespace pgfill::plan
