#include "plan/striping.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "plan/ordering.h"
#include "postgres/server_version.h"
#include "sql/statement_builder.h"

namespace pgfill::plan {
namespace {

/// Eight passes did best where a page holds many rows: four left twice the growth, sixteen were slower.
constexpr int usual_stripes = 8;
/// Of one pass on one page; with fewer rows a page has no room to give back.
constexpr double least_rows_of_a_stripe = 2;
/// Below this the growth is not worth a thought, and passes would follow each other too closely to prune.
constexpr std::int64_t least_rows = 300'000;
/// Every pass reads all rows; for few changed ones that is not worth it.
constexpr double least_matching = 0.25;

constexpr std::array<std::string_view, 12> hashable{"boolean",   "smallint", "integer",   "bigint",  "uuid",  "text",
                                                    "character", "date",     "timestamp", "numeric", "bytea", "oid"};

/// Types whose equal values hash alike whatever the settings; types with modifiers begin with their name, which a
/// server with quote_all_identifiers puts in quotes.
bool can_be_hashed(std::string_view type) {
  if (type.starts_with('"')) type.remove_prefix(1);
  return std::any_of(hashable.begin(), hashable.end(), [&](std::string_view name) { return type.starts_with(name); });
}

std::string rows_of(double in_a_page) {
  return "a page holds " + std::to_string(std::lround(in_a_page)) + " rows";
}

std::optional<Striping> impossible(const JobSpec& spec, const Facts& facts, const KeyChoice& key, Order order) {
  if (spec.stripes == Stripes::off) return Striping{1, "stripes: off"};
  if (!kinds::kind_of(spec).leaves_versions())
    return Striping{1, "what is deleted leaves no versions to find room for"};
  if (!facts.effects.one_at_a_time().empty()) return Striping{1, std::string(one_after_the_other)};
  if (order == Order::physical) return std::nullopt;  // by position
  for (const KeyColumn& column : key.columns) {
    if (!can_be_hashed(column.type)) return Striping{1, "keys of type " + column.type + " are not cut into stripes"};
  }
  const bool hashed = key.columns.size() > 1 || !sql::is_integer(key.columns.front().type);
  if (hashed && !postgres::has(facts.table.server_version, postgres::Feature::hash_of_records))
    return Striping{1, "this server cannot hash the key"};
  return std::nullopt;
}

/// Keys in an order that is not the physical one meet each page at random, and again while the job goes on: pages are
/// pruned between two visits without any passes.
std::string against_order(const Facts& facts, const KeyChoice& key) {
  const auto& correlation = find_column(facts, key.columns.front().name)->correlation;
  if (!correlation) return "there are no statistics on the order of the rows (ANALYZE)";
  if (lies_in_order(*correlation)) return "";
  return "rows do not lie in the order of their keys (" + correlation_words(*correlation) + ")";
}

Striping by_facts(const JobSpec& spec, const Facts& facts, const KeyChoice& key, const Walk& walk) {
  const std::vector<std::string> touched = indexes_touched(facts, assigned_columns(facts, spec));
  if (!touched.empty()) return {1, "index " + first_of(touched) + " covers a column to set"};
  if (facts.table.kind == 'p') return {1, "the table is partitioned"};
  if (facts.table.estimated_rows < least_rows) return {1, "the table is small"};
  if (walk.matching_share < least_matching) return {1, "few rows are to be changed"};
  if (walk.order == Order::key) {
    const std::string reason = against_order(facts, key);
    if (!reason.empty()) return {1, reason};
  }
  const double in_a_page =
      static_cast<double>(facts.table.estimated_rows) / static_cast<double>(std::max<std::int64_t>(1, facts.pages));
  for (int stripes = usual_stripes; stripes > 2; stripes /= 2) {
    if (in_a_page < stripes * least_rows_of_a_stripe) continue;
    return {stripes, rows_of(in_a_page) + ": old versions are pruned between passes"};
  }
  return {1, rows_of(in_a_page) + " only"};
}

}  // namespace

Striping decide_striping(const JobSpec& spec, const Facts& facts, const KeyChoice& key, const Walk& walk) {
  if (auto not_here = impossible(spec, facts, key, walk.order)) return *not_here;
  if (spec.stripes == Stripes::on) return {usual_stripes, "stripes: on"};
  return by_facts(spec, facts, key, walk);
}

}  // namespace pgfill::plan
