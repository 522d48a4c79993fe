#include "plan/sample.h"

#include <algorithm>
#include <array>

#include "ledger/row_statements.h"
#include "plan/explain.h"
#include "plan/sample_effects.h"
#include "plan/statements.h"
#include "postgres/transaction.h"
#include "spec/joined.h"
#include "sql/key_text.h"
#include "sql/plan_builder.h"
#include "sql/row_condition.h"

namespace pgfill::plan {
namespace {

using async::milliseconds;
using async::Task;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;
using namespace std::chrono_literals;

constexpr sql::Sides both_sides{true, true};
/// The first look at a slice only reads; what takes longer is not tried.
constexpr milliseconds longest_read = 1s;
/// Nobody waits long behind rows that are held for a try only, and a try waits for nobody.
constexpr milliseconds lock_timeout = 10ms;
constexpr milliseconds held_at_most = 100ms;
/// One place has to do where a slice takes longer.
constexpr double slow_us = 100'000;
/// What computing the rows of a slice may take where they are held meanwhile.
constexpr double longest_hold_us = 50'000;
constexpr std::int64_t parts_of_slice = 10;

std::int64_t small_part(const SampleOrder& order) {
  return std::max<std::int64_t>(1, order.rows / parts_of_slice);
}

/// Two neighbouring slices, the second of them ten times the first.
struct Slices {
  Key start;
  Key between;
  Key end;
};

Parameters values_between(const Key& lower, const Key& upper) {
  std::vector<std::string> values = lower;
  values.insert(values.end(), upper.begin(), upper.end());
  return Parameters(1, postgres::array_literal(values));
}

std::optional<Key> first_key(const Rows& rows, std::size_t size) {
  if (rows.empty()) return std::nullopt;
  Key key;
  for (std::size_t i = 0; i < size; ++i) key.push_back(rows.string(0, static_cast<int>(i)));
  return key;
}

postgres::Pins pins_of(const SampleOrder& order, milliseconds timeout, bool read_only) {
  postgres::Pins pins;
  pins.statement_timeout = timeout;
  pins.lock_timeout = lock_timeout;
  pins.search_path = order.search_path;
  pins.read_only = read_only;
  return pins;
}

/// The key of the n-th row above `lower`, or of the n-th of all.
Task<std::optional<Key>> nth(postgres::Session& session, const SampleOrder& order, std::optional<Key> lower,
                             std::int64_t n) {
  const sql::BuiltStatement statement =
      sql::named_by_text(sql::nth_key(order.target, sql::Sides{lower.has_value(), false}).text);
  Command command{statement, {}};
  if (lower) command.parameters.assign(lower->begin(), lower->end());
  command.parameters.emplace_back(std::to_string(n));
  postgres::Pins pins = pins_of(order, longest_read, true);
  const Rows rows = co_await postgres::transact(session, std::move(pins), std::move(command));
  co_return first_key(rows, sql::values_of_side(order.target));
}

/// Nothing where fewer rows are left.
Task<std::optional<Slices>> slices_above(postgres::Session& session, const SampleOrder& order,
                                         std::optional<Key> start) {
  if (!start) start = co_await nth(session, order, std::nullopt, 1);
  if (!start) co_return std::nullopt;
  std::optional<Key> between = co_await nth(session, order, start, small_part(order));
  if (!between) co_return std::nullopt;
  std::optional<Key> end = co_await nth(session, order, between, order.rows);
  if (!end) co_return std::nullopt;
  co_return Slices{std::move(*start), std::move(*between), std::move(*end)};
}

/// A statement over one slice, and what is asked of it before it is rolled back.
struct Try {
  sql::BuiltStatement statement;
  Parameters values;
  std::int64_t rows = 0;
  milliseconds timeout = longest_read;
  bool writes = false;
};

/// The exchange of a try; what comes back is its EXPLAIN, then the bytes stored and the rows that stayed on their page.
std::vector<Command> commands_of(const SampleOrder& order, const Try& one, const sql::BuiltStatement& stored) {
  std::vector<Command> commands = postgres::begin(pins_of(order, one.timeout, !one.writes));
  commands.push_back(postgres::use_settings(sql::readable_settings(order.settings, order.target.key)));
  commands.push_back({one.statement, one.values});
  if (one.writes) {
    commands.push_back({sql::plan_sample_hot, Parameters(1, std::to_string(order.target.oid))});
    // In physical order the new versions lie elsewhere.
    if (!order.target.by_position) commands.push_back({stored, one.values});
  }
  commands.push_back(postgres::rollback());
  return commands;
}

void add_stored(const Rows& rows, Sample& sample) {
  const auto count = static_cast<double>(rows.integer(0, 0));
  // Four pieces of TOAST fill a page; one that is not full takes the place of another all the same.
  constexpr double bytes_of_piece = 2048;
  if (count == 0) return;
  sample.set_bytes = std::max(sample.set_bytes, rows.real(0, 1) / count);
  sample.outside_bytes = std::max(sample.outside_bytes, rows.real(0, 2) / count * bytes_of_piece);
}

/// Nothing when it failed: rows are held, or it took too long. The transaction is over in any case.
Task<std::optional<TriedBatch>> attempt(postgres::Session& session, const SampleOrder& order, Try one, Sample& sample) {
  constexpr std::size_t before = 3;  // BEGIN and the settings
  const sql::BuiltStatement stored = sql::stored_bytes(order.target);
  std::vector<Command> commands = commands_of(order, one, stored);
  try {
    const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
    TriedBatch tried = read_tried(lines_of(answers[before]));
    tried.walked = one.rows;
    if (one.writes) tried.hot = answers[before + 1].integer(0, 0);
    if (one.writes && !order.target.by_position) add_stored(answers[before + 2], sample);
    co_return tried;
  } catch (const postgres::Failure&) {
    if (!session.open()) throw;
  }
  co_return std::nullopt;
}

milliseconds rounded(double microseconds) {
  return std::chrono::duration_cast<milliseconds>(std::chrono::duration<double, std::micro>(microseconds));
}

/// The statements of the tries, and how long one that writes may take.
struct Statements {
  sql::BuiltStatement reading;
  sql::BuiltStatement writing;
  milliseconds patience{0};
};

/// A try of each slice; both or none are taken into the sample. False: one of them failed.
Task<bool> try_both(postgres::Session& session, const SampleOrder& order, Slices slices, Try one, Sample& sample) {
  one.values = values_between(slices.start, slices.between);
  one.rows = small_part(order);
  const std::optional<TriedBatch> less = co_await attempt(session, order, one, sample);
  if (!less) co_return false;
  one.values = values_between(slices.between, slices.end);
  one.rows = order.rows;
  const std::optional<TriedBatch> more = co_await attempt(session, order, std::move(one), sample);
  if (!more) co_return false;
  sample.batches.push_back(*less);
  sample.batches.push_back(*more);
  co_return true;
}

/// Reads two slices before any row is updated: what reading takes too long for is not held while it is computed.
Task<bool> read_first(postgres::Session& session, const SampleOrder& order, Slices slices, Statements& statements,
                      Sample& sample) {
  Try one;
  one.statement = statements.reading;
  const bool read = co_await try_both(session, order, std::move(slices), std::move(one), sample);
  if (!read) co_return false;
  const std::optional<BatchCost> cost = cost_of(sample.batches);
  statements.patience = rounded(2 * sample.batches.back().microseconds) + held_at_most;
  if (cost && cost->row_us * static_cast<double>(order.rows) > longest_hold_us && !order.effects.of_update)
    sample.not_written = "computing them takes long";
  co_return true;
}

/// False: there were too few rows.
Task<bool> try_places(postgres::Session& session, const SampleOrder& order, Sample& sample) {
  Statements statements{sql::explain_run(sql::new_values(order.target, both_sides)),
                        sql::explain_run(ledger::batch_change(order.target, both_sides))};
  bool read = false;
  for (const std::optional<Key>& start : order.starts) {
    std::optional<Slices> slices = co_await slices_above(session, order, start);
    if (!slices) continue;
    if (!read) {
      read = co_await read_first(session, order, *slices, statements, sample);
      if (!read || !sample.not_written.empty()) co_return true;
      sample.batches.clear();
    }
    Try one;
    one.statement = statements.writing;
    one.timeout = statements.patience;
    one.writes = true;
    const bool written = co_await try_both(session, order, std::move(*slices), std::move(one), sample);
    if (written && sample.batches.back().microseconds > slow_us) break;
  }
  co_return read;
}

std::string words_of(const Sample& sample, bool enough) {
  if (!enough) return "statistics: there are too few rows to try some";
  if (sample.batches.empty()) return "statistics: the rows that were to be tried are held, or take too long";
  std::int64_t rows = 0;
  for (const TriedBatch& tried : sample.batches) rows += tried.walked;
  const std::string tried = "a try of " + std::to_string(rows) + " rows";
  return sample.written ? tried + ", rolled back" : tried + " without changing them: " + sample.not_written;
}

Task<std::optional<std::string>> effect_of_calls(postgres::Session& session, std::string text, std::string oids) {
  Parameters parameters{postgres::array_literal(names_called(text)), std::move(text), std::move(oids)};
  const Rows rows = co_await session.query(sql::plan_effects, std::move(parameters));
  if (rows.empty()) co_return std::nullopt;
  co_return rows.string(0, 0) + " may have effects that stay";
}

}  // namespace

Task<SampleEffects> find_effects(postgres::Session& session, const JobSpec& spec, const Facts& facts,
                                 std::string expressions) {
  const std::string oid = std::to_string(facts.table.oid);
  for (const Assignment& assignment : spec.set()) expressions += assignment.expression + "\n";
  expressions += spec::row_condition(spec);
  SampleEffects effects;
  const std::string oids = postgres::array_literal({oid});
  effects.of_values = co_await effect_of_calls(session, std::move(expressions), oids);
  std::vector<TriggerSource> sources;
  std::string text;
  const bool updates = kinds::kind_of(spec).event() == kinds::RowEvent::update;
  Parameters change{oid, updates ? "update" : "remove"};
  const Rows rows = co_await session.query(sql::plan_trigger_sources, std::move(change));
  for (int row = 0; row < rows.size(); ++row) {
    sources.push_back({rows.string(row, 0), rows.string(row, 1), rows.string(row, 2)});
    text += sources.back().source + "\n";
  }
  effects.of_update = effect_of_update(spec, facts, sources);
  if (!effects.of_update && !sources.empty())
    effects.of_update = co_await effect_of_calls(session, std::move(text), oids);
  co_return effects;
}

Task<Sample> take_sample(postgres::Session& session, SampleOrder order) {
  Sample sample;
  if (order.effects.of_values) {
    sample.words = "statistics: " + *order.effects.of_values;
    co_return sample;
  }
  sample.not_written = order.effects.of_update.value_or("");
  const bool enough = co_await try_places(session, order, sample);
  sample.written = sample.not_written.empty();
  sample.taken = !sample.batches.empty();
  sample.words = words_of(sample, enough);
  co_return sample;
}

std::vector<std::optional<Key>> starts_of(const std::vector<PlannedRange>& ranges) {
  std::vector<std::optional<Key>> starts;
  constexpr std::size_t places = 3;
  std::size_t former = ranges.size();
  for (std::size_t i = 0; i < places && !ranges.empty(); ++i) {
    const std::size_t at = i * ranges.size() / places;
    if (at != former) starts.push_back(ranges[at].keys.lower);
    former = at;
  }
  return starts;
}

std::int64_t rows_to_try(const TableFacts& table) {
  constexpr std::int64_t most = 200;
  constexpr std::int64_t least = 4;
  constexpr std::int64_t bytes_of_slice = std::int64_t{512} * 1024;
  if (table.estimated_rows <= 0) return most;
  const std::int64_t bytes_of_row =
      std::max<std::int64_t>(1, (table.heap_bytes + table.toast_bytes) / table.estimated_rows);
  return std::clamp(bytes_of_slice / bytes_of_row, least, most);
}

}  // namespace pgfill::plan
