#include "plan/leaf_way.h"

#include <algorithm>

#include "plan/choose_key.h"
#include "plan/ordering.h"
#include "spec/columns_used.h"
#include "spec/joined.h"

namespace pgfill::plan {
namespace {

/// A row leaves its partition by an update of the table only; one of the leaf fails.
std::string because_rows_move(const JobSpec& spec, const Facts& facts) {
  const ColumnNumbers changed = with_dependents(facts, assigned_columns(facts, spec));
  if (changed.empty()) return "";
  if (contains(facts.partition_columns, 0)) return "partitions are cut by an expression, and set may change its value";
  for (const int number : changed)
    if (contains(facts.partition_columns, number))
      return "set changes " + readable(find_column(facts, number)->name) + ", which rows are partitioned by";
  for (const TriggerFact& trigger : facts.triggers)
    if (trigger.each_row && trigger.timing == "BEFORE" && fires(trigger, changed))
      return "trigger " + readable(trigger.name) + " may move a row to another partition";
  return "";
}

/// Triggers for statements are those of the table that a statement names.
std::string because_of_triggers(const JobSpec& spec, const Facts& facts) {
  const ColumnNumbers changed = with_dependents(facts, assigned_columns(facts, spec));
  for (const TriggerFact& trigger : facts.triggers)
    if (!trigger.each_row && fires(trigger, changed))
      return "trigger " + readable(trigger.name) + " is for statements that name the table";
  return "";
}

std::string because_of_leaf(const LeafFact& leaf, const Facts& facts) {
  const std::string name = qualified(leaf.schema, leaf.name);
  if (leaf.has_statement_trigger) return "partition " + name + " has a trigger for statements of its own";
  if (leaf.has_rule) return "partition " + name + " has a rewrite rule of its own";
  if (leaf.row_security) return "partition " + name + " has row security of its own";
  if (!leaf.may_change)
    return "role " + readable(facts.access.role) + " has no rights on partition " + name + " itself";
  return "";
}

/// Its expressions would mean another thing, or nothing.
std::string because_of_text(const JobSpec& spec, const Facts& facts) {
  if (!spec::columns_used(spec)) return "its expressions may use whole rows";
  const std::string& table = facts.table.name;
  const auto qualifies = [&](const std::string& text) {
    return text.find('.' + table + '.') != std::string::npos || text.find(".\"" + table + "\".") != std::string::npos;
  };
  const auto& set = spec.set();
  const bool by_schema =
      qualifies(spec::row_condition(spec)) ||
      std::any_of(set.begin(), set.end(), [&](const Assignment& one) { return qualifies(one.expression); });
  return by_schema ? "its expressions name the table with its schema" : "";
}

}  // namespace

std::string whole_table_because(const JobSpec& spec, const Facts& facts, const KeyChoice& key) {
  if (facts.table.kind != 'p' || facts.leaves.empty()) return "";
  if (is_position(key)) return "it has no key";
  if (!facts.effects.one_at_a_time().empty()) return std::string(one_after_the_other) + ", in the order of their keys";
  if (facts.effects.may_insert_into_target())
    return "triggers or functions may insert rows into the table, which are no work for the job";
  std::string reason = because_rows_move(spec, facts);
  if (reason.empty()) reason = because_of_triggers(spec, facts);
  if (reason.empty()) reason = because_of_text(spec, facts);
  for (const LeafFact& leaf : facts.leaves)
    if (reason.empty()) reason = because_of_leaf(leaf, facts);
  return reason;
}

}  // namespace pgfill::plan
