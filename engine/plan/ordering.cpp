#include "plan/ordering.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "plan/choose_key.h"
#include "postgres/server_version.h"
#include "spec/condition.h"

namespace pgfill::plan {
namespace {

constexpr double least_correlation = 0.9;
/// A smaller table is in the cache, in whatever order it is read.
constexpr std::int64_t least_pages = 1'000;
/// Types as format_type() spells them, with or without what follows in brackets.
constexpr auto plain_types = std::to_array<std::string_view>(
    {"bigint", "boolean", "bytea", "character", "character varying", "date", "double precision", "integer", "interval",
     "name", "numeric", "real", "smallint", "text", "timestamp", "timestamp with time zone",
     "timestamp without time zone", "uuid"});

bool is_plain(const ColumnFact& column) {
  const std::string_view type = column.type;
  const std::string_view base = type.substr(0, type.find('('));
  return !type.ends_with(']') && std::find(plain_types.begin(), plain_types.end(), base) != plain_types.end();
}

/// Whether nothing on the way into its column makes NULL of a value, or a value of NULL.
bool arrives_as_it_is(const Assignment& assignment, const Facts& facts) {
  const ColumnFact* target = find_column(facts, assignment.column);
  if (target == nullptr || target->composite) return false;
  if (const std::string name = spec::column_alone(assignment.expression); !name.empty()) {
    const ColumnFact* source = find_column(facts, name);  // none: a function of the row, in the notation of a column
    if (source != nullptr && source->type == target->type) return true;
    if (source == nullptr || !is_plain(*source)) return false;
  }
  if (facts.own_casts) return false;
  return is_plain(*target) || target->type == "json" || target->type == "jsonb" ||
         spec::is_string(assignment.expression);
}

spec::NullFacts known_nulls(const Facts& facts) {
  spec::NullFacts known{std::vector<std::string>(), facts.ambiguous_names};
  for (const ColumnFact& column : facts.columns) {
    if (is_plain(column)) known.plain->push_back(column.name);
  }
  return known;
}

/// Whether the text of the new values tells in which rows all of them are NULL.
bool tells_nulls(const JobSpec& spec, const Facts& facts) {
  return spec::all_null_when(spec, known_nulls(facts)) &&
         std::all_of(spec.set().begin(), spec.set().end(),
                     [&](const Assignment& one) { return arrives_as_it_is(one, facts); });
}

/// Whether one of the new values tells a row that is done, whatever the others are.
bool marks_done(const JobSpec& spec, const Facts& facts) {
  JobSpec arriving = spec;
  if (!spec.set().empty())
    std::erase_if(arriving.set(), [&](const Assignment& one) { return !arrives_as_it_is(one, facts); });
  return spec::marks_done(arriving, known_nulls(facts));
}

/// A trigger that fires, in words; empty: none does.
std::string fired(const JobSpec& spec, const Facts& facts) {
  if (!kinds::kind_of(spec).done_rows(spec, {}).stay) return "";  // it changes no row that is to be found again
  const ColumnNumbers changed = with_dependents(facts, assigned_columns(facts, spec));
  for (const TriggerFact& trigger : facts.triggers) {
    if (fires(trigger, changed)) return "trigger " + readable(trigger.name) + " runs with every change";
  }
  return "";
}

/// Why rows that are done may meet the condition, or one that is not done never changes.
AgainstPositions by_values(const JobSpec& spec, const Facts& facts) {
  if (!kinds::kind_of(spec).done_rows(spec, {}).stay) return {};
  if (!spec::fills_nulls(spec) || !spec::condition_may_tell(spec, generated_columns(facts)))
    return {Obstacle::condition, "the condition does not demand that what is set is NULL"};
  if (!tells_nulls(spec, facts))
    return {Obstacle::new_value, "nobody can tell when a new value is NULL, which would not tell what is done"};
  return {};
}

AgainstPositions by_circumstances(const JobSpec& spec, const Facts& facts) {
  if (const TriggerFact* keeping = keeping_trigger(facts, spec))
    return {Obstacle::keeping, "trigger " + readable(keeping->name) + " may keep rows, which meet the condition still"};
  if (spec.bound == Bound::at_start) return {Obstacle::bound, "bound: at_start"};
  if (!facts.effects.one_at_a_time().empty()) return {Obstacle::in_turn, std::string(one_after_the_other)};
  if (facts.table.kind != 'r') return {Obstacle::partitioned, "the table is partitioned"};
  if (!postgres::has(facts.table.server_version, postgres::Feature::scans_of_positions))
    return {Obstacle::server, "this server cannot scan ranges of positions"};
  if (!facts.access.may_read_xmin) return {Obstacle::privilege, "this role may not read who has written a row"};
  return {};
}

}  // namespace

bool lies_in_order(double correlation) {
  return std::abs(correlation) >= least_correlation;
}

std::string correlation_words(double correlation) {
  const std::string text = std::to_string(correlation);
  return "correlation " + text.substr(0, text.find('.') + 3);
}

AgainstPositions against_positions(const JobSpec& spec, const Facts& facts) {
  AgainstPositions against = by_values(spec, facts);
  if (against.what == Obstacle::none || marks_done(spec, facts)) against = by_circumstances(spec, facts);
  if (against.what != Obstacle::none || spec.order == Order::physical) return against;
  const std::string trigger = fired(spec, facts);
  return trigger.empty() ? against : AgainstPositions{Obstacle::trigger, trigger};
}

Ordering decide_order(const JobSpec& spec, const Facts& facts, const KeyChoice& key) {
  if (is_position(key))
    return {Order::physical, "the table has no key, and a row that is done cannot meet the condition"};
  if (spec.order == Order::key) return {Order::key, "order: key"};
  std::string reason = by_values(spec, facts).reason;
  if (reason.empty()) reason = by_circumstances(spec, facts).reason;
  if (!reason.empty()) return {Order::key, reason};
  if (spec.order == Order::physical) return {Order::physical, "order: physical"};
  const std::string trigger = fired(spec, facts);
  if (!trigger.empty()) return {Order::key, trigger};
  if (facts.pages < least_pages) return {Order::key, "the table is small"};
  const auto& correlation = find_column(facts, key.columns.front().name)->correlation;
  if (!correlation) return {Order::key, "there are no statistics on the order of the rows (ANALYZE)"};
  if (lies_in_order(*correlation)) return {Order::key, "rows lie in this order"};
  return {Order::physical, "rows do not lie in the order of their keys (" + correlation_words(*correlation) + ")"};
}

}  // namespace pgfill::plan
