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

/// More are not looked at: each takes the planner a moment.
constexpr int most_partitions = 500;

bool reads_nothing(const std::string& plan) {
  const auto document = nlohmann::json::parse(plan, nullptr, false);
  if (!document.is_array() || document.empty()) return false;
  const auto& top = document.at(0).value("Plan", nlohmann::json::object());
  return top.value("Node Type", "") == "Result" && top.value("One-Time Filter", "") == "false" &&
         !top.contains("Plans");
}

}  // namespace

Task<std::vector<ReferrerFact>> read_referrers(postgres::Session& session, std::uint32_t table_oid) {
  Parameters table{std::to_string(table_oid)};
  const Rows rows = co_await session.query(sql::plan_referrers, std::move(table));
  std::vector<ReferrerFact> referrers;
  for (int row = 0; row < rows.size(); ++row) {
    referrers.push_back({rows.string(row, 0), rows.string(row, 1), rows.string(row, 2), rows.string(row, 3),
                         rows.integer(row, 4), rows.boolean(row, 5), rows.array(row, 6),
                         static_cast<int>(rows.integer(row, 7)), rows.boolean(row, 8)});
  }
  co_return referrers;
}

Task<std::string> read_time(postgres::Session& session) {
  const Rows rows = co_await session.query(sql::plan_time);
  co_return rows.string(0, 0);
}

bool may_go_whole(const JobSpec& spec, const Facts& facts, const StatementFacts& statement) {
  return spec.deletes() != nullptr && !facts.leaves.empty() && !spec.where.empty() && !statement.rejection;
}

Task<std::vector<WholePartition>> read_whole_partitions(postgres::Session& session, sql::Target target) {
  Parameters table{std::to_string(target.oid)};
  const Rows leaves = co_await session.query(sql::plan_leaf_parents, std::move(table));
  std::vector<WholePartition> whole;
  // A column with the schema of its table before it is not one of the partition's.
  const bool by_schema = target.where.find('.' + target.table) != std::string::npos ||
                         target.where.find(".\"" + target.table) != std::string::npos;
  if (by_schema || leaves.empty() || leaves.size() > most_partitions) co_return whole;
  std::vector<sql::BuiltStatement> asked;                 // outlive the commands
  if (target.alias.empty()) target.alias = target.table;  // as the condition calls it
  target.only = true;
  for (int row = 0; row < leaves.size(); ++row) {
    target.schema = leaves.string(row, 0);
    target.table = leaves.string(row, 1);
    asked.push_back(sql::explain_as_json(sql::failing_rows(target)));
  }
  std::vector<Command> commands;
  commands.push_back({sql::plan_prove_by_bounds, {}});
  for (const sql::BuiltStatement& one : asked) commands.push_back({one, {}});
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  for (int row = 0; row < leaves.size(); ++row) {
    if (!reads_nothing(lines_of(answers[static_cast<std::size_t>(row) + 1]))) continue;
    whole.push_back({qualified(leaves.string(row, 0), leaves.string(row, 1)),
                     qualified(leaves.string(row, 2), leaves.string(row, 3)), leaves.boolean(row, 4)});
  }
  co_return whole;
}

}  // namespace pgfill::plan
