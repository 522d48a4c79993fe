#include "ledger/relation.h"

#include "ledger/statements.h"
#include "postgres/transaction.h"

namespace pgfill::ledger {
namespace {

using async::Task;
using postgres::Parameters;
using postgres::Rows;

Relation relation_from(const postgres::Row& row) {
  Relation relation;
  relation.id = row.integer("relation_id");
  relation.oid = static_cast<std::uint32_t>(row.integer("oid"));
  relation.schema = row.string("schema_name");
  relation.table = row.string("table_name");
  relation.estimated_rows = row.integer("estimated_rows");
  relation.stripes = static_cast<int>(row.integer("stripes"));
  relation.by_position = row.boolean("by_position");
  return relation;
}

}  // namespace

Task<void> follow_leaves(postgres::Session& session, std::int64_t job_id, std::int64_t runner_id) {
  const postgres::Pins pins;
  postgres::Command command{sql::ledger_follow_leaves, Parameters{std::to_string(job_id), std::to_string(runner_id)}};
  co_await postgres::transact(session, pins, std::move(command));
}

Task<std::optional<Relation>> find_relation(postgres::Session& session, std::int64_t job_id, std::int64_t relation_id) {
  Parameters parameters{std::to_string(job_id), std::to_string(relation_id)};
  const Rows rows = co_await session.query(sql::ledger_relation, std::move(parameters));
  if (rows.empty()) co_return std::nullopt;
  co_return relation_from(rows.front());
}

Task<std::vector<Relation>> relations_with_skipped(postgres::Session& session, std::int64_t job_id, std::string state) {
  Parameters parameters{std::to_string(job_id), std::move(state)};
  const Rows rows = co_await session.query(sql::ledger_relations_with_skipped, std::move(parameters));
  std::vector<Relation> relations;
  for (int row = 0; row < rows.size(); ++row) relations.push_back(relation_from(rows.at(row)));
  co_return relations;
}

}  // namespace pgfill::ledger
