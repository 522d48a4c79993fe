#include "plan/boundaries.h"

#include <algorithm>
#include <cmath>

#include "postgres/server_version.h"
#include "sql/plan_builder.h"

namespace pgfill::plan {
namespace {

using postgres::Parameters;
using postgres::Rows;

// Read at random, so a cold disk needs a second at worst; a smaller table is read whole, which costs no more.
constexpr std::int64_t sampled_blocks = 300;
// A sample knows about as many places in the key space as it has blocks, so finer cuts would be uneven.
constexpr int most_sampled_ranges = 100;

Key key_of(const Rows& rows, int row, std::size_t columns) {
  Key key;
  for (std::size_t i = 0; i < columns; ++i) key.push_back(rows.string(row, static_cast<int>(i)));
  return key;
}

async::Task<std::vector<Cut>> histogram_cuts(postgres::Session& session, const Facts& facts, KeySpace space,
                                             std::optional<Key> largest) {
  Parameters parameters;
  parameters.emplace_back(facts.table.schema);
  parameters.emplace_back(facts.table.name);
  parameters.emplace_back(space.target.key.front().first);
  parameters.emplace_back(facts.table.kind == 'p' ? "true" : "false");
  if (largest) parameters.emplace_back(largest->front());
  const sql::BuiltStatement statement = sql::histogram_bounds(space.target, space.first_collation, largest.has_value());
  const Rows rows = co_await session.query(statement, std::move(parameters));
  // Bounds split the table into parts of equal size. The first is the smallest key: nothing is below it. The last is
  // the largest, and cuts nothing off either, unless it has been filtered out already.
  const int parts = largest ? rows.size() : rows.size() - 1;
  std::vector<Cut> cuts;
  for (int row = 1; row < parts; ++row) cuts.push_back({key_of(rows, row, 1), static_cast<double>(row) / parts});
  co_return cuts;
}

/// Of a partitioned table that was never analyzed as a whole: autovacuum does its leaves only.
async::Task<std::vector<Cut>> leaf_cuts(postgres::Session& session, const Facts& facts, KeySpace space,
                                        std::optional<Key> largest) {
  Parameters parameters;
  parameters.emplace_back(std::to_string(facts.table.oid));
  parameters.emplace_back(space.target.key.front().first);
  if (largest) parameters.emplace_back(largest->front());
  const sql::BuiltStatement statement =
      sql::leaf_histogram_bounds(space.target, space.first_collation, largest.has_value());
  const Rows rows = co_await session.query(statement, std::move(parameters));
  std::vector<Cut> cuts;
  for (int row = 0; row < rows.size(); ++row) cuts.push_back({key_of(rows, row, 1), rows.real(row, 1)});
  co_return cuts;
}

async::Task<Boundaries> sampled(postgres::Session& session, const Facts& facts, KeySpace space) {
  constexpr double whole = 100.0;
  const double blocks = static_cast<double>(facts.pages);
  const double percent = std::min(whole, whole * static_cast<double>(sampled_blocks) / blocks);
  const bool by_place =
      facts.table.kind != 'p' && postgres::has(facts.table.server_version, postgres::Feature::scans_of_positions);
  Parameters parameters;
  parameters.emplace_back(by_place ? std::to_string(std::min(sampled_blocks, facts.pages)) : std::to_string(percent));
  parameters.emplace_back(std::to_string(most_sampled_ranges));
  if (by_place) parameters.emplace_back(std::to_string(facts.pages));
  const sql::BuiltStatement statement = by_place ? sql::keys_of_blocks(space.target) : sql::sampled_keys(space.target);
  const Rows rows = co_await session.query(statement, std::move(parameters));
  const std::size_t columns = space.target.key.size();
  const int share = static_cast<int>(columns);
  Boundaries boundaries;
  for (int row = 0; row < rows.size(); ++row) {
    boundaries.cuts.push_back({key_of(rows, row, columns), rows.real(row, share)});
    boundaries.rows_by_sample = std::llround(static_cast<double>(rows.integer(row, share + 1)) * whole / percent);
  }
  co_return boundaries;
}

}  // namespace

async::Task<std::optional<Key>> largest_key(postgres::Session& session, sql::Target target) {
  const sql::BuiltStatement statement = sql::named_by_text(sql::last_key(target, {}).text);
  const Rows rows = co_await session.query(statement);
  if (rows.empty()) co_return std::nullopt;
  co_return key_of(rows, 0, target.key.size());
}

async::Task<Boundaries> read_boundaries(postgres::Session& session, const Facts& facts, KeySpace space,
                                        std::optional<Key> largest) {
  Boundaries boundaries;
  if (wanted_ranges(facts.table.estimated_rows, 1) == 1 || facts.pages == 0) co_return boundaries;
  if (space.target.key.size() == 1 && facts.table.analyzed) {
    boundaries.cuts = co_await histogram_cuts(session, facts, space, largest);
    if (boundaries.cuts.empty() && facts.table.kind == 'p') {
      boundaries.cuts = co_await leaf_cuts(session, facts, space, std::move(largest));
    }
  }
  // A sample holds rows of this snapshot only, so all its cuts are below the largest key.
  if (boundaries.cuts.empty()) boundaries = co_await sampled(session, facts, std::move(space));
  co_return boundaries;
}

}  // namespace pgfill::plan
