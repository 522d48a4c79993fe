#include "plan/choose_key.h"

#include <algorithm>
#include <tuple>

#include "plan/key_advice.h"
#include "plan/without_key.h"

namespace pgfill::plan {
namespace {

KeyChoice as_choice(const IndexFact& index, const Facts& facts) {
  KeyChoice choice;
  choice.index = index.name;
  choice.primary = index.primary;
  for (const int number : index.columns) {
    const ColumnFact* column = find_column(facts, number);
    choice.columns.push_back({column->name, column->type});
  }
  return choice;
}

bool all_fixed_width(const IndexFact& index, const Facts& facts) {
  return std::all_of(index.columns.begin(), index.columns.end(),
                     [&](int number) { return find_column(facts, number)->fixed_width; });
}

bool contains_key(const std::vector<ColumnNumbers>& keys, const ColumnNumbers& columns) {
  return std::find(keys.begin(), keys.end(), columns) != keys.end();
}

/// Null when no index can carry a cursor.
const IndexFact* best_index(const Facts& facts) {
  const IndexFact* best = nullptr;
  const auto rank = [&](const IndexFact& index) {
    return std::tuple(!index.primary, index.columns.size(), !all_fixed_width(index, facts), index.name);
  };
  for (const IndexFact& index : facts.indexes) {
    if (!index.unique || !unusable_because(index, facts).empty()) continue;
    if (best == nullptr || rank(index) < rank(*best)) best = &index;
  }
  return best;
}

/// Each leaf partition has a unique index of its own over these columns.
std::optional<KeyChoice> key_of_leaves(const ColumnNumbers& columns, const Facts& facts) {
  if (!contains_key(facts.leaf_keys, columns)) return std::nullopt;
  KeyChoice choice;
  for (const int number : columns) {
    const ColumnFact* column = find_column(facts, number);
    if (column == nullptr || column->named_values) return std::nullopt;
    choice.columns.push_back({column->name, column->type});
  }
  return choice;
}

/// Few columns first, as they come.
std::optional<KeyChoice> best_of_leaves(const Facts& facts) {
  for (const ColumnNumbers& columns : facts.leaf_keys)
    if (std::optional<KeyChoice> choice = key_of_leaves(columns, facts)) return choice;
  return std::nullopt;
}

/// A unique index of the same columns that cannot be used, or in another order.
Error wrong_index(const Facts& facts, const IndexFact& index, const std::string& wanted) {
  Error error;
  error.code = ErrorCode::no_usable_key;
  const std::string reason = unusable_because(index, facts);
  if (!reason.empty()) {
    error.message = "key (" + wanted + "): index " + readable(index.name) + " " + reason;
    error.hint = mend_index(facts, index) + ", or name another key";
  } else {
    const std::string order = column_names(facts, index.columns);
    error.message = "key (" + wanted + ") is not in the order of index " + readable(index.name) + " (" + order + ")";
    error.hint = "write key: [" + order + "]";
  }
  return error;
}

Error not_unique(const Facts& facts, const ColumnNumbers& wanted) {
  Error error;
  error.code = ErrorCode::key_not_unique;
  const std::string names = column_names(facts, wanted);
  error.message = std::string(wanted.size() == 1 ? "key column \"" : "key (") + names +
                  (wanted.size() == 1 ? "\"" : ")") + " is not unique; batches could skip rows";
  const IndexFact* best = best_index(facts);
  if (best == nullptr) {
    error.hint = create_unique_index(facts, wanted) + " if the values are unique";
    return error;
  }
  ColumnNumbers tied = wanted;
  for (const int number : best->columns) {
    if (!contains(wanted, number)) tied.push_back(number);
  }
  const std::string with_tie_breaker = column_names(facts, tied);
  const std::string identifier = column_names(facts, best->columns);
  error.remark = "add \"" + identifier + "\" as tie-breaker: key: [" + with_tie_breaker + "]";
  error.hint = "leave key out to follow " + readable(best->name) + " (" + identifier + "), or add \"" + identifier +
               "\" as tie-breaker: key: [" + with_tie_breaker + "] after " + create_unique_index(facts, tied);
  return error;
}

/// The spec's key columns as numbers.
Result<ColumnNumbers> wanted_columns(const JobSpec& spec, const Facts& facts) {
  ColumnNumbers wanted;
  for (const std::string& name : spec.key) {
    const ColumnFact* column = find_column(facts, name);
    Error error;
    if (column == nullptr) {
      error.code = ErrorCode::no_such_column;
      error.message = "key column \"" + name + "\" does not exist in " + table_name(facts);
      error.hint = "leave key out to follow the primary key";
      return error;
    }
    if (contains(wanted, column->number)) {
      error.code = ErrorCode::no_usable_key;
      error.message = "key column \"" + name + "\" is named twice";
      error.hint = "name each key column once";
      return error;
    }
    wanted.push_back(column->number);
  }
  return wanted;
}

Result<KeyChoice> choose_given(const JobSpec& spec, const Facts& facts) {
  const Result<ColumnNumbers> wanted = wanted_columns(spec, facts);
  if (!wanted) return wanted.error();
  const IndexFact* near = nullptr;
  for (const IndexFact& index : facts.indexes) {
    if (!index.unique ||
        !std::is_permutation(index.columns.begin(), index.columns.end(), wanted->begin(), wanted->end())) {
      continue;
    }
    if (index.columns == *wanted && unusable_because(index, facts).empty()) return as_choice(index, facts);
    // Of several near misses the usable one in another order is the better advice.
    if (near == nullptr || unusable_because(index, facts).empty()) near = &index;
  }
  if (std::optional<KeyChoice> choice = key_of_leaves(*wanted, facts)) return *choice;
  if (near != nullptr) return wrong_index(facts, *near, column_names(facts, *wanted));
  return not_unique(facts, *wanted);
}

std::string columns_problem(const IndexFact& index, const Facts& facts) {
  for (std::size_t i = 0; i < index.columns.size(); ++i) {
    const ColumnFact* column = find_column(facts, index.columns[i]);
    if (column == nullptr) return "indexes an expression";
    if (!column->not_null) return "has the nullable column " + readable(column->name);
    if (column->named_values)
      return "has the column " + readable(column->name) + " of type " + column->type +
             ", written by names that may change";
    if (!index.hidden_operators[i].empty())
      return "compares " + readable(column->name) + " by operators of schema " + readable(index.hidden_operators[i]) +
             ", which the search_path does not reach";
    if (!index.default_order[i]) return "has an operator class other than the type's default";
    if (!index.column_collation[i]) return "has another collation than its column " + readable(column->name);
    if (index.descending[i] != index.descending.front()) return "mixes ASC and DESC";
  }
  return "";
}

}  // namespace

bool is_position(const KeyChoice& key) {
  return key.columns.size() == 1 && key.columns.front().name == "ctid";
}

std::string unusable_because(const IndexFact& index, const Facts& facts) {
  if (!index.unique) return "is not unique";
  if (index.method != "btree") return "is not a B-tree";
  if (!index.valid) return "is invalid";
  if (index.partial) return "is partial";
  return columns_problem(index, facts);
}

Result<KeyChoice> choose_key(const JobSpec& spec, const Facts& facts) {
  if (!spec.key.empty()) return choose_given(spec, facts);
  const IndexFact* best = best_index(facts);
  if (best != nullptr) return as_choice(*best, facts);
  if (std::optional<KeyChoice> choice = best_of_leaves(facts)) return *choice;
  return without_key(spec, facts);
}

}  // namespace pgfill::plan
