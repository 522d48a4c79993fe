// Reading a spec and parsing a statement: part of the time from Enter to the first batch.
#include <optional>
#include <string>

#include "micro/answers.h"
#include "pgfill/spec.h"

namespace {

using pgfill::JobSpec;
using pgfill::Result;

const std::string short_yaml =
    "version: 1\n"
    "job: users-account-state\n"
    "table: public.users\n"
    "set: {account_state: user_status}\n"
    "where: account_state IS NULL\n"
    "workers: 4\n";

/// Every kind of field: quantities, lists, connections, a window.
const std::string long_yaml = short_yaml +
                              "key: [tenant, id]\n"
                              "batch: {time: 10ms, min_rows: 10, max_rows: 5000}\n"
                              "bad_rows: {action: quarantine, at_most: 10}\n"
                              "throttle:\n"
                              "  replica_lag: 2s\n"
                              "  wal_rate: 12MiB/s\n"
                              "  disk_free: 10%\n"
                              "  replicas:\n"
                              "    - {name: r1, connection: {host: replica.example.org, port: 5433}}\n"
                              "  signals:\n"
                              "    - {name: queue, sql: SELECT count(*) FROM queue, limit: 1000, every: 2s}\n"
                              "  window: {days: [sat, sun], from: '22:00', to: '06:00', zone: UTC, outside: 25%}\n"
                              "owner: accounts\n"
                              "runbook: https://example.org/runbook\n";

void parse_spec(benchmark::State& state, const std::string& yaml) {
  std::optional<Result<JobSpec>> spec;
  for (auto _ : state) benchmark::DoNotOptimize(spec = pgfill::parse_spec(yaml, "users.yaml"));
  const bool right = spec && *spec && (*spec)->workers == 4 && (*spec)->set().size() == 1;
  pgfill::bench::require(state, right, spec && !*spec ? spec->error().message.c_str() : "the spec was read wrongly");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(yaml.size()));
}
BENCHMARK_CAPTURE(parse_spec, short_spec, short_yaml);
BENCHMARK_CAPTURE(parse_spec, long_spec, long_yaml);

void parse_statement(benchmark::State& state) {
  const std::string sql = "UPDATE users SET account_state = user_status WHERE account_state IS NULL";
  std::optional<Result<JobSpec>> spec;
  for (auto _ : state) benchmark::DoNotOptimize(spec = pgfill::parse_statement(sql));
  pgfill::bench::require(state, spec && *spec && (*spec)->table == "users", "the statement was read wrongly");
}
BENCHMARK(parse_statement);

/// What a job is told apart by; computed whenever a job of the ledger goes on.
void canonical_form(benchmark::State& state) {
  const Result<JobSpec> spec = pgfill::parse_spec(short_yaml, "users.yaml");
  std::string form;
  for (auto _ : state) benchmark::DoNotOptimize(form = pgfill::canonical_form(*spec));
  pgfill::bench::require(state, form.find("account_state") != std::string::npos, "the form lacks the column");
}
BENCHMARK(canonical_form);

}  // namespace
