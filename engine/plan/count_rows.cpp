#include "plan/count_rows.h"

#include "kinds/kind.h"
#include "plan/read_deletion.h"
#include "plan/statements.h"
#include "postgres/transaction.h"
#include "sql/plan_builder.h"

namespace pgfill::plan {
namespace {

using namespace std::chrono_literals;

constexpr async::milliseconds as_long_as_it_takes = 24h;

}  // namespace

async::Task<std::int64_t> count_rows(postgres::Session& session, JobSpec spec, TableFacts table) {
  kinds::TargetFacts facts;
  facts.schema = table.schema;
  facts.table = table.name;
  facts.plain = table.kind == 'r';
  const std::vector<ReferrerFact> referrers = co_await read_referrers(session, table.oid);
  facts.references = references_of(referrers);
  const sql::BuiltStatement count = sql::row_count(kinds::target_of(spec, facts));
  std::vector<postgres::Command> commands;
  commands.push_back({sql::plan_allow_scan, {}});
  commands.push_back(postgres::use_settings(table.settings));
  commands.push_back({count, {}, postgres::Evaluates::everything});
  postgres::Pins pins;
  pins.read_only = true;
  pins.search_path = table.search_path;
  pins.statement_timeout = as_long_as_it_takes;
  const std::vector<postgres::Rows> answers =
      co_await postgres::transact(session, std::move(pins), std::move(commands), as_long_as_it_takes);
  co_return answers.back().integer(0, 0);
}

}  // namespace pgfill::plan
