#include "plan/striping.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "sql/statement_builder.h"

namespace pgfill::plan {
namespace {

/// Eight passes did best where a page holds many rows: four left twice the growth, sixteen were slower.
constexpr int usual_stripes = 8;
/// Of one pass on one page; with fewer rows a page has no room to give back.
constexpr double least_rows_of_a_stripe = 2;
/// Below this the growth is not worth a thought, and passes would follow each other too closely to prune.
constexpr std::int64_t least_rows = 300'000;
/// Against the order of the heap. Keys in another order meet each page at random, and again while the job goes on:
/// pages are pruned between two visits without any passes.
constexpr double least_correlation = 0.9;
/// Every pass reads all rows; for few changed ones that is not worth it.
constexpr double least_matching = 0.25;
/// hash_record_extended
constexpr int version_with_record_hash = 140'000;

constexpr std::array<std::string_view, 12> hashable{"boolean",   "smallint", "integer",   "bigint",  "uuid",  "text",
                                                    "character", "date",     "timestamp", "numeric", "bytea", "oid"};

/// Types whose equal values hash alike whatever the settings; types with modifiers begin with their name, which a
/// server with quote_all_identifiers puts in quotes.
bool can_be_hashed(std::string_view type) {
  if (type.starts_with('"')) type.remove_prefix(1);
  return std::any_of(hashable.begin(), hashable.end(), [&](std::string_view name) { return type.starts_with(name); });
}

std::string two_digits(double value) {
  const std::string text = std::to_string(value);
  return text.substr(0, text.find('.') + 3);
}

std::string rows_of(double in_a_page) {
  return "a page holds " + std::to_string(std::lround(in_a_page)) + " rows";
}

std::optional<Striping> impossible(const JobSpec& spec, const Facts& facts, const KeyChoice& key) {
  if (spec.stripes == Stripes::off) return Striping{1, "stripes: off"};
  for (const KeyColumn& column : key.columns) {
    if (!can_be_hashed(column.type)) return Striping{1, "keys of type " + column.type + " are not cut into stripes"};
  }
  const bool hashed = key.columns.size() > 1 || !sql::is_integer(key.columns.front().type);
  if (hashed && facts.table.server_version < version_with_record_hash)
    return Striping{1, "this server cannot hash the key"};
  return std::nullopt;
}

Striping by_facts(const JobSpec& spec, const Facts& facts, const KeyChoice& key, double matching_share) {
  const std::vector<std::string> touched = indexes_touched(facts, assigned_columns(facts, spec));
  if (!touched.empty()) return {1, "index " + first_of(touched) + " covers a column to set"};
  if (facts.table.kind == 'p') return {1, "the table is partitioned"};
  if (facts.table.estimated_rows < least_rows) return {1, "the table is small"};
  if (matching_share < least_matching) return {1, "few rows are to be changed"};
  const auto& correlation = find_column(facts, key.columns.front().name)->correlation;
  if (!correlation) return {1, "there are no statistics on the order of the rows (ANALYZE)"};
  if (std::abs(*correlation) < least_correlation)
    return {1, "rows do not lie in the order of their keys (correlation " + two_digits(*correlation) + ")"};
  const double in_a_page =
      static_cast<double>(facts.table.estimated_rows) / static_cast<double>(std::max<std::int64_t>(1, facts.pages));
  for (int stripes = usual_stripes; stripes > 2; stripes /= 2) {
    if (in_a_page < stripes * least_rows_of_a_stripe) continue;
    return {stripes, rows_of(in_a_page) + ": old versions are pruned between passes"};
  }
  return {1, rows_of(in_a_page) + " only"};
}

}  // namespace

Striping decide_striping(const JobSpec& spec, const Facts& facts, const KeyChoice& key, double matching_share) {
  if (auto not_here = impossible(spec, facts, key)) return *not_here;
  if (spec.stripes == Stripes::on) return {usual_stripes, "stripes: on"};
  return by_facts(spec, facts, key, matching_share);
}

}  // namespace pgfill::plan
