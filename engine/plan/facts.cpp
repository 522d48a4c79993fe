#include "plan/facts.h"

#include <algorithm>
#include <cctype>

#include "postgres/server_version.h"
#include "sql/identifier.h"

namespace pgfill::plan {

std::string described(const SessionLimit& limit) {
  return limit.subject + " has CONNECTION LIMIT " + std::to_string(limit.sessions) + ", and a job needs " +
         std::to_string(least_sessions) + " sessions: one that steers and one that works";
}

std::string remedy_of(const SessionLimit& limit) {
  return "ALTER " + limit.subject + " CONNECTION LIMIT 4, or run it as another role";
}

const ColumnFact* find_column(const Facts& facts, std::string_view name) {
  const auto found = std::find_if(facts.columns.begin(), facts.columns.end(),
                                  [&](const ColumnFact& column) { return column.name == name; });
  return found == facts.columns.end() ? nullptr : &*found;
}

const ColumnFact* find_column(const Facts& facts, int number) {
  const auto found = std::find_if(facts.columns.begin(), facts.columns.end(),
                                  [&](const ColumnFact& column) { return column.number == number; });
  return found == facts.columns.end() ? nullptr : &*found;
}

bool contains(const ColumnNumbers& numbers, int number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

bool overlap(const ColumnNumbers& left, const ColumnNumbers& right) {
  return std::any_of(left.begin(), left.end(), [&](int number) { return contains(right, number); });
}

ColumnNumbers assigned_columns(const Facts& facts, const JobSpec& spec) {
  ColumnNumbers numbers;
  for (const Assignment& assignment : spec.set()) {
    const ColumnFact* column = find_column(facts, assignment.column);
    if (column != nullptr && !contains(numbers, column->number)) numbers.push_back(column->number);
  }
  return numbers;
}

ColumnNumbers with_dependents(const Facts& facts, ColumnNumbers columns) {
  // A generated column cannot depend on another one, so one pass is enough.
  ColumnNumbers all = columns;
  for (const ColumnFact& column : facts.columns) {
    if (overlap(column.generated_from, columns) && !contains(all, column.number)) all.push_back(column.number);
  }
  return all;
}

namespace {

std::string folded(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

bool is_of_a_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || (c & 0x80) != 0;
}

/// As a whole word, in any case: a word too many only makes the guess careful.
bool has_word(const std::string& text, const std::string& word) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_of_a_word(text[at - 1])) && (end == text.size() || !is_of_a_word(text[end]))) return true;
  }
  return false;
}

}  // namespace

bool has_name(std::string_view expression, const ColumnFact& column) {
  return has_word(folded(expression), folded(column.name));
}

std::vector<std::string> columns_without_statistics(const Facts& facts, std::string_view condition) {
  std::vector<std::string> unknown;
  if (facts.table.kind == 'p') return unknown;
  for (const ColumnFact& column : facts.columns) {
    if (!column.has_statistics && has_name(condition, column)) unknown.push_back(column.name);
  }
  return unknown;
}

const TriggerFact* keeping_trigger(const Facts& facts, const JobSpec& spec) {
  if (kinds::kind_of(spec).event() != kinds::RowEvent::remove) return nullptr;
  const auto found = std::find_if(facts.triggers.begin(), facts.triggers.end(), [](const TriggerFact& trigger) {
    return trigger.each_row && trigger.timing == "BEFORE";
  });
  return found == facts.triggers.end() ? nullptr : &*found;
}

bool fires(const TriggerFact& trigger, const ColumnNumbers& changed) {
  return trigger.columns.empty() || overlap(trigger.columns, changed);
}

std::vector<std::string> generated_columns(const Facts& facts) {
  std::vector<std::string> names;
  for (const ColumnFact& column : facts.columns) {
    if (!column.generated.empty()) names.push_back(column.name);
  }
  return names;
}

std::vector<std::string> indexes_touched(const Facts& facts, const ColumnNumbers& columns) {
  const bool beside_brin = postgres::has(facts.table.server_version, postgres::Feature::heap_only_beside_brin);
  const ColumnNumbers all = with_dependents(facts, columns);
  std::vector<std::string> touched;
  const auto is_touched = [&](const std::string& method, const ColumnNumbers& touched_by) {
    if (method == "brin" && beside_brin) return false;
    return overlap(touched_by, all);
  };
  for (const IndexFact& index : facts.indexes) {
    if (is_touched(index.method, index.touched_by)) touched.push_back(readable(index.name));
  }
  for (const LeafIndexFact& index : facts.leaf_indexes) {
    if (is_touched(index.method, index.touched_by)) touched.push_back(qualified(index.schema, index.name));
  }
  return touched;
}

std::string joined(const std::vector<std::string>& names, std::string_view separator) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += separator;
    text += name;
  }
  return text;
}

std::string column_names(const Facts& facts, const ColumnNumbers& columns) {
  std::vector<std::string> names;
  for (const int number : columns) {
    const ColumnFact* column = find_column(facts, number);
    names.push_back(column == nullptr ? "(expression)" : readable(column->name));
  }
  return joined(names);
}

std::string readable(std::string_view identifier) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  const bool digit_first = !identifier.empty() && identifier.front() >= '0' && identifier.front() <= '9';
  if (!identifier.empty() && !digit_first && std::all_of(identifier.begin(), identifier.end(), plain)) {
    return std::string(identifier);
  }
  return sql::quote_identifier(identifier);
}

std::string table_name(const Facts& facts) {
  return qualified(facts.table.schema, facts.table.name);
}

bool refuses_here(const ReferrerFact& key) {
  return key.depth == 1 && !key.to_itself && (key.on_delete == "a" || key.on_delete == "r");
}

std::vector<sql::Reference> references_of(const std::vector<ReferrerFact>& referrers) {
  std::vector<sql::Reference> references;
  for (const ReferrerFact& key : referrers) {
    if (refuses_here(key)) references.push_back({key.schema, key.table, key.columns, key.referred});
  }
  return references;
}

std::string WholePartition::leaf_name() const {
  return qualified(schema, name);
}

std::string WholePartition::parent_name() const {
  return qualified(parent_schema, parent);
}

std::string qualified(std::string_view schema, std::string_view name) {
  return schema.empty() ? readable(name) : readable(schema) + '.' + readable(name);
}

std::string first_of(std::vector<std::string> names) {
  constexpr std::size_t shown = 5;
  const std::size_t all = names.size();
  if (all <= shown) return joined(names);
  names.resize(shown);
  return joined(names) + " and " + std::to_string(all - shown) + " more";
}

}  // namespace pgfill::plan
