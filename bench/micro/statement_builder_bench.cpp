// Building the statements of a job: all of them once for each run, so a fraction of a millisecond is plenty.
#include <string>

#include "kinds/update.h"
#include "ledger/row_statements.h"
#include "micro/answers.h"
#include "sql/statement_builder.h"
#include "work/job_statements.h"

namespace {

constexpr pgfill::sql::Sides both{true, true};

pgfill::sql::Target users(int stripes) {
  pgfill::sql::Target target;
  target.schema = "public";
  target.table = "users";
  target.key = {{"tenant", "uuid"}, {"id", "bigint"}};
  target.set = {{"account_state", "user_status"}};
  target.where = "account_state IS NULL";
  target.stripes = stripes;
  target.change = &pgfill::kinds::update_rows;
  return target;
}

bool holds(const pgfill::sql::BuiltStatement& statement, const char* part) {
  return statement.text.find(part) != std::string::npos;
}

void batch_change(benchmark::State& state) {
  const pgfill::sql::Target target = users(static_cast<int>(state.range(0)));
  pgfill::sql::BuiltStatement built;
  for (auto _ : state) benchmark::DoNotOptimize(built = pgfill::ledger::batch_change(target, both));
  pgfill::bench::require(state, holds(built, "(\"users\".\"tenant\", \"users\".\"id\") > ("), "the key is missing");
  pgfill::bench::require(state, holds(built, "hash_record_extended") == (target.stripes > 1), "the stripes are wrong");
}
BENCHMARK(batch_change)->Arg(1)->Arg(8);

void nth_key(benchmark::State& state) {
  const pgfill::sql::Target target = users(1);
  pgfill::sql::BuiltStatement built;
  for (auto _ : state) benchmark::DoNotOptimize(built = pgfill::sql::nth_key(target, both));
  pgfill::bench::require(state, holds(built, "ORDER BY") && holds(built, "OFFSET"), "the walk is not a walk");
}
BENCHMARK(nth_key);

/// All of them.
void job_statements(benchmark::State& state) {
  const pgfill::sql::Target target = users(8);
  for (auto _ : state) benchmark::DoNotOptimize(pgfill::work::JobStatements(target));
  const pgfill::work::JobStatements statements(target);
  const bool right = statements.batch(both).text == pgfill::ledger::batch_change(target, both).text &&
                     statements.last_key({}).text == pgfill::sql::last_key(target, {}).text;
  pgfill::bench::require(state, right, "a statement is not the one that was asked for");
}
BENCHMARK(job_statements);

}  // namespace
