#include "plan/read_deletion.h"

#include <nlohmann/json.hpp>

#include "plan/statements.h"
#include "sql/plan_builder.h"

namespace pgfill::plan {
namespace {

using async::Task;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

bool reads_nothing(const std::string& plan) {
  const auto document = nlohmann::json::parse(plan, nullptr, false);
  if (!document.is_array() || document.empty()) return false;
  const auto& top = document.at(0).value("Plan", nlohmann::json::object());
  return top.value("Node Type", "") == "Result" && top.value("One-Time Filter", "") == "false" &&
         !top.contains("Plans");
}

/// Only of a condition that the server has accepted.
bool may_go_whole(const JobSpec& spec, const Facts& facts, const StatementFacts& statement) {
  return kinds::removes_rows(spec) && !facts.leaves.empty() && !spec.where.empty() && spec.from.empty() &&
         !statement.rejection;
}

/// A column with the schema of its table before it is not one of the partition's.
bool names_schema(const sql::Target& target) {
  return target.where.find('.' + target.table) != std::string::npos ||
         target.where.find(".\"" + target.table) != std::string::npos;
}

WholePartition partition_at(const postgres::Row& row) {
  WholePartition one;
  one.oid = static_cast<std::uint32_t>(row.integer("oid"));
  one.schema = row.string("schema_name");
  one.name = row.string("name");
  one.parent_schema = row.string("parent_schema");
  one.parent = row.string("parent_name");
  one.beside_default = row.boolean("beside_default");
  one.parent_oid = static_cast<std::uint32_t>(row.integer("parent_oid"));
  one.owned = row.boolean("owned");
  one.depended_on = row.boolean("depended_on");
  return one;
}

}  // namespace

sql::Target of_leaf(sql::Target target, const WholePartition& leaf) {
  if (target.alias.empty()) target.alias = target.table;  // as the condition calls it
  target.schema = leaf.schema;
  target.table = leaf.name;
  target.oid = leaf.oid;
  target.only = true;
  return target;
}

Task<sql::Target> of_table(postgres::Session& session, sql::Target target, std::uint32_t oid) {
  Parameters table{std::to_string(oid)};
  const Rows rows = co_await session.query(sql::plan_name_of_table, std::move(table));
  WholePartition leaf;
  leaf.oid = oid;
  if (!rows.empty()) leaf.schema = rows.string(0, 0);
  if (!rows.empty()) leaf.name = rows.string(0, 1);
  co_return of_leaf(std::move(target), leaf);
}

Task<std::vector<std::string>> read_undroppable(postgres::Session& session, std::uint32_t table_oid) {
  Parameters table{std::to_string(table_oid)};
  const Rows rows = co_await session.query(sql::plan_undroppable, std::move(table));
  std::vector<std::string> reasons;
  for (int row = 0; row < rows.size(); ++row) reasons.push_back(rows.string(row, 0));
  co_return reasons;
}

Task<std::vector<ReferrerFact>> read_referrers(postgres::Session& session, std::uint32_t table_oid) {
  Parameters table{std::to_string(table_oid)};
  const Rows rows = co_await session.query(sql::plan_referrers, std::move(table));
  std::vector<ReferrerFact> referrers;
  for (int row = 0; row < rows.size(); ++row) {
    referrers.push_back({rows.string(row, 0), rows.string(row, 1), rows.string(row, 2), rows.string(row, 3),
                         rows.integer(row, 4), rows.boolean(row, 5), rows.array(row, 6),
                         static_cast<int>(rows.integer(row, 7)), rows.boolean(row, 8), rows.array(row, 9)});
  }
  co_return referrers;
}

Task<std::string> read_time(postgres::Session& session) {
  const Rows rows = co_await session.query(sql::plan_time);
  co_return rows.string(0, 0);
}

Task<std::vector<WholePartition>> read_whole_partitions(postgres::Session& session, sql::Target target, int most) {
  Parameters table{std::to_string(target.oid)};
  const Rows leaves = co_await session.query(sql::plan_leaf_parents, std::move(table));
  std::vector<WholePartition> whole;
  if (names_schema(target) || leaves.empty() || leaves.size() > most) co_return whole;
  std::vector<sql::BuiltStatement> asked;  // outlive the commands
  for (int row = 0; row < leaves.size(); ++row) {
    asked.push_back(sql::explain_as_json(sql::failing_rows(of_leaf(target, partition_at(leaves.at(row))))));
  }
  std::vector<Command> commands;
  commands.push_back({sql::plan_prove_by_bounds, {}});
  for (const sql::BuiltStatement& one : asked) commands.push_back({one, {}});
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  for (int row = 0; row < leaves.size(); ++row) {
    if (!reads_nothing(lines_of(answers[static_cast<std::size_t>(row) + 1]))) continue;
    whole.push_back(partition_at(leaves.at(row)));
  }
  co_return whole;
}

Task<void> read_partitions_of_deletion(postgres::Session& session, const JobSpec& spec, const StatementFacts& statement,
                                       sql::Target target, Facts& facts) {
  if (!may_go_whole(spec, facts, statement)) co_return;
  const bool dropped = kinds::kind_of(spec).drops_partitions(spec);
  const std::uint32_t table = facts.table.oid;
  facts.whole_partitions =
      co_await read_whole_partitions(session, std::move(target), dropped ? any_number : most_advised);
  if (dropped) facts.undroppable = co_await read_undroppable(session, table);
}

std::vector<std::string> dropped_partitions(const JobSpec& spec, const Facts& facts) {
  std::vector<std::string> names;
  if (!kinds::kind_of(spec).drops_partitions(spec)) return names;
  for (const WholePartition& one : facts.whole_partitions) {
    if (one.owned && !one.depended_on) names.push_back(one.leaf_name());
  }
  return names;
}

}  // namespace pgfill::plan
