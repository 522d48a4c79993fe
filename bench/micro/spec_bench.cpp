// Reading a spec and parsing a statement: part of the time from Enter to the first batch.
#include <benchmark/benchmark.h>

#include <string>

#include "pgfill/spec.h"

namespace {

const std::string yaml =
    "version: 1\n"
    "job: users-account-state\n"
    "table: public.users\n"
    "set: {account_state: user_status}\n"
    "where: account_state IS NULL\n"
    "workers: 4\n";

void parse_spec(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(pgfill::parse_spec(yaml, "users.yaml"));
}
BENCHMARK(parse_spec);

void parse_statement(benchmark::State& state) {
  const std::string sql = "UPDATE users SET account_state = user_status WHERE account_state IS NULL";
  for (auto _ : state) benchmark::DoNotOptimize(pgfill::parse_statement(sql));
}
BENCHMARK(parse_statement);

}  // namespace
