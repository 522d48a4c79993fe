// The planner drops a LEFT JOIN of which nothing is used when it can prove that no row has two matches: by a unique
// index whose columns are compared by its own equality, or by GROUP BY and DISTINCT of a sub-select. So two plans are
// compared. A table that has one match at most may help to prove the next one.
#include "plan/prove_joined.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "kinds/kind.h"
#include "plan/plan_table.h"
#include "spec/joined.h"
#include "sql/plan_builder.h"

namespace pgfill::plan {
namespace {

using async::Task;
using spec::Join;
using spec::JoinTest;

/// One attempt: the next table, the tables before it, and what is known to join it with these.
struct Attempt {
  std::vector<std::string> before;
  std::string table;
  std::string condition;
};

class Proof {
 public:
  Proof(Join join, std::vector<std::string> columns) : join_(std::move(join)), columns_(std::move(columns)) {}

  bool done() const { return proved_.size() == join_.tables.size(); }
  bool is_proved(std::size_t table) const { return std::find(proved_.begin(), proved_.end(), table) != proved_.end(); }
  void proved(std::size_t table) { proved_.push_back(table); }
  std::size_t size() const { return join_.tables.size(); }
  const std::string& name(std::size_t table) const { return join_.tables[table].name; }
  Attempt attempt(std::size_t table) const;

 private:
  /// Whether all that the test speaks of is there when the table is joined.
  bool may_use(const JoinTest& test, std::size_t table) const;

  Join join_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> proved_;
};

bool Proof::may_use(const JoinTest& test, std::size_t table) const {
  if (test.right && *test.right != table) return false;
  const bool last = proved_.size() + 1 == join_.tables.size();
  // A name without a table may be a column of any of them; only the server knows which.
  const bool own_names = std::all_of(test.names.begin(), test.names.end(), [&](const std::string& name) {
    return std::find(columns_.begin(), columns_.end(), name) != columns_.end();
  });
  if (!own_names && !last) return false;
  for (std::size_t other = 0; other < join_.tables.size(); ++other) {
    if (other != table && !is_proved(other) && test.tables.contains(join_.tables[other].name)) return false;
  }
  return true;
}

Attempt Proof::attempt(std::size_t table) const {
  Attempt attempt;
  for (const std::size_t other : proved_) attempt.before.push_back(join_.tables[other].text);
  attempt.table = join_.tables[table].text;
  for (const JoinTest& test : join_.tests) {
    if (may_use(test, table)) attempt.condition += (attempt.condition.empty() ? "(" : "\n  AND (") + test.text + "\n)";
  }
  return attempt;
}

/// In a plan for people. A text of the job that looks like one makes the proof fail, which is on the safe side.
std::size_t outer_joins(const std::string& plan) {
  std::size_t count = 0;
  for (const std::string_view node : {" Left Join", " Right Join"}) {
    for (std::size_t at = plan.find(node); at != std::string::npos; at = plan.find(node, at + 1)) ++count;
  }
  return count;
}

Task<bool> has_one_match(postgres::Session& session, sql::Target target, Attempt attempt) {
  const sql::BuiltStatement without = sql::explain_joined(target, attempt.before, "", "");
  const sql::BuiltStatement with = sql::explain_joined(target, attempt.before, attempt.table, attempt.condition);
  std::vector<postgres::Command> commands;
  commands.push_back({without, {}});
  commands.push_back({with, {}});
  const std::vector<postgres::Rows> answers = co_await session.exchange(std::move(commands));
  co_return outer_joins(lines_of(answers[0])) == outer_joins(lines_of(answers[1]));
}

Task<std::optional<std::string>> find_doubt(postgres::Session& session, Proof& proof, sql::Target target) {
  while (!proof.done()) {
    bool found = false;
    std::string doubtful;
    for (std::size_t table = 0; table < proof.size() && !found; ++table) {
      if (proof.is_proved(table)) continue;
      found = co_await has_one_match(session, target, proof.attempt(table));
      if (found) proof.proved(table);
      if (doubtful.empty()) doubtful = proof.name(table);
    }
    if (!found) co_return doubtful;
  }
  co_return std::nullopt;
}

}  // namespace

Task<void> judge_join(postgres::Session& session, const JobSpec& spec, const StatementFacts& statement,
                      sql::Target target, Facts& facts) {
  if (spec.from.empty() || kinds::removes_rows(spec) || statement.rejection) co_return;
  facts.doubtful_join = "";
  std::optional<Join> join = spec::take_apart(spec);
  if (!join) co_return;
  std::vector<std::string> columns;
  for (const ColumnFact& column : facts.columns) columns.push_back(column.name);
  target.stripes = 1;
  Proof proof(std::move(*join), std::move(columns));
  bool refused = false;
  try {
    facts.doubtful_join = co_await find_doubt(session, proof, std::move(target));
  } catch (const postgres::Failure&) {
    if (!session.open()) throw;
    refused = true;
  }
  if (refused) co_await begin_reading(session, facts.table.search_path);
}

}  // namespace pgfill::plan
