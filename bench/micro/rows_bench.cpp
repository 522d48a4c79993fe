// Reading the server's answers as a batch does: the key a walk has found, the counts of the change, the keys of a
// lease; and writing a key as a parameter.
#include <libpq-fe.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/range.h"
#include "micro/answers.h"
#include "postgres/rows.h"
#include "work/job_work.h"

namespace {

using pgfill::Key;
using pgfill::postgres::Rows;

/// An answer as libpq holds it; all rows are alike.
Rows answer(std::vector<std::string> values, int rows = 1) {
  PGresult* result = PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK);
  std::string name = "column";
  std::vector<PGresAttDesc> columns(values.size());
  for (PGresAttDesc& column : columns) column.name = name.data();
  PQsetResultAttrs(result, static_cast<int>(columns.size()), columns.data());
  for (int row = 0; row < rows; ++row) {
    int column = 0;
    for (std::string& value : values) {
      PQsetvalue(result, row, column++, value.data(), static_cast<int>(value.size()));
    }
  }
  return Rows(result);
}

const Key composite{"7f1e9a52-3c1d-4f0e-8f6b-2f5f5a1c9d10", "2026-01-31 12:00:00.123456+00"};

void key_of_walk(benchmark::State& state, const Key& expected) {
  const Rows rows = answer(expected);
  Key key;
  for (auto _ : state) benchmark::DoNotOptimize(key = pgfill::work::key_at(rows, 0, expected.size()));
  pgfill::bench::require(state, key == expected, "the key is not what was answered");
}
BENCHMARK_CAPTURE(key_of_walk, bigint, Key{"9876543210"});
BENCHMARK_CAPTURE(key_of_walk, composite, composite);

void counts_of_batch(benchmark::State& state) {
  const Rows rows = answer({"4711", "4003"});
  std::int64_t sum = 0;
  for (auto _ : state) benchmark::DoNotOptimize(sum = rows.integer(0, 0) + rows.integer(0, 1));
  pgfill::bench::require(state, sum == 4711 + 4003, "the counts are not what was answered");
}
BENCHMARK(counts_of_batch);

/// The lower end, the upper end and the cursor.
void keys_of_lease(benchmark::State& state) {
  const std::string literal = pgfill::postgres::array_literal(composite);
  const Rows rows = answer({literal, literal, literal});
  Key last;
  for (auto _ : state) {
    for (int column = 0; column < 3; ++column) benchmark::DoNotOptimize(last = rows.array(0, column));
  }
  pgfill::bench::require(state, last == composite, "the array is not what was answered");
}
BENCHMARK(keys_of_lease);

/// As many as a sweep asks for at once.
void keys_of_sweep(benchmark::State& state) {
  constexpr int count = 1000;
  const Rows rows = answer(composite, count);
  std::vector<Key> keys;
  for (auto _ : state) {
    keys.clear();
    for (int row = 0; row < rows.size(); ++row) keys.push_back(pgfill::work::key_at(rows, row, composite.size()));
    benchmark::DoNotOptimize(keys);
  }
  pgfill::bench::require(state, keys == std::vector<Key>(count, composite), "the keys are not what was answered");
  state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(keys_of_sweep);

void key_parameter(benchmark::State& state) {
  const std::optional<Key> key = Key{"a \"quoted\" key", "back\\slash"};
  pgfill::postgres::Parameter parameter;
  for (auto _ : state) benchmark::DoNotOptimize(parameter = pgfill::ledger::key_parameter(key));
  const Rows back = answer({parameter.value_or("")});
  pgfill::bench::require(state, back.array(0, 0) == *key, "the parameter does not read back as the key");
}
BENCHMARK(key_parameter);

}  // namespace
