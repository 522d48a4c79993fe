// Going over a range in two passes: the first notes the slices it has walked to, the second cuts along them. What a
// worker computes for each batch besides talking to the server.
#include <optional>
#include <string>
#include <vector>

#include "micro/answers.h"
#include "work/slice.h"

namespace {

using pgfill::Key;
using namespace pgfill::work;

constexpr int stripes = 2;
constexpr std::int64_t rows_of_slice = 50;

std::vector<Slice> slices_of(std::int64_t count) {
  std::vector<Slice> slices;
  for (std::int64_t i = 1; i <= count; ++i) {
    slices.push_back({Key{std::to_string(i * rows_of_slice)}, rows_of_slice, rows_of_slice, i == count});
  }
  return slices;
}

void move_on(pgfill::ledger::Lease& lease, const Slice& slice) {
  const pgfill::ledger::Position position = position_after(lease, slice, stripes);
  lease.cursor = position.cursor;
  lease.stripe = position.stripe;
  lease.stripes = position.stripes;
  lease.rows_walked += slice.probable_rows();
}

/// Answers how many slices the second pass was cut into.
std::int64_t second_pass(PassMemory& memory, pgfill::ledger::Lease& lease) {
  std::int64_t count = 0;
  memory.begin(true);
  while (const std::optional<Slice> slice = memory.next(rows_of_slice)) {
    move_on(lease, *slice);
    ++count;
  }
  return count;
}

void two_passes(benchmark::State& state) {
  const std::vector<Slice> slices = slices_of(state.range(0));
  pgfill::ledger::Lease begin;
  begin.keys.upper = slices.back().bound;
  pgfill::ledger::Lease lease;
  std::int64_t again = 0;
  for (auto _ : state) {
    lease = begin;
    PassMemory memory;
    memory.begin(at_begin_of_pass(lease));
    for (const Slice& slice : slices) {
      memory.note(slice);
      move_on(lease, slice);
    }
    again = second_pass(memory, lease);
  }
  pgfill::bench::require(state, again == state.range(0), "the second pass was cut otherwise");
  pgfill::bench::require(state, lease.stripe == 1 && lease.cursor == slices.back().bound, "the passes end elsewhere");
  pgfill::bench::require(state, lease.rows_walked == 2 * rows_of_slice * state.range(0), "rows were counted wrongly");
  state.SetItemsProcessed(state.iterations() * 2 * state.range(0));
}
BENCHMARK(two_passes)->Arg(8)->Arg(4000);

}  // namespace
