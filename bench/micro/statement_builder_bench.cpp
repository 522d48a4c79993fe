// Building the statements of a job: done once for each range, so microseconds are plenty.
#include <benchmark/benchmark.h>

#include "sql/statement_builder.h"

namespace {

pgfill::sql::Target users() {
  pgfill::sql::Target target;
  target.schema = "public";
  target.table = "users";
  target.key = {{"tenant", "uuid"}, {"id", "bigint"}};
  target.set = {{"account_state", "user_status"}};
  target.where = "account_state IS NULL";
  return target;
}

void batch_update(benchmark::State& state) {
  const pgfill::sql::Target target = users();
  for (auto _ : state) benchmark::DoNotOptimize(pgfill::sql::batch_update(target, {true, true}));
}
BENCHMARK(batch_update);

void nth_key(benchmark::State& state) {
  const pgfill::sql::Target target = users();
  for (auto _ : state) benchmark::DoNotOptimize(pgfill::sql::nth_key(target, {true, true}));
}
BENCHMARK(nth_key);

}  // namespace
