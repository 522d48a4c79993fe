#include "plan/key_advice.h"

#include <algorithm>

namespace pgfill::plan {
namespace {

constexpr std::size_t longest_name = 63;
constexpr std::string_view unknown_columns = "columns that identify a row";

/// The columns most likely to identify a row; empty when nothing tells.
ColumnNumbers likely_identifier(const Facts& facts) {
  for (const ColumnFact& column : facts.columns) {
    if (!column.identity.empty()) return {column.number};
  }
  for (const ColumnFact& column : facts.columns) {
    if (column.name == "id" || column.name == "uuid") return {column.number};
  }
  return {};
}

std::string index_name(const Facts& facts) {
  const std::string name = facts.table.name + "_pgfill_key";
  return readable(name.size() <= longest_name ? name : "pgfill_key");
}

bool has_primary_key(const Facts& facts) {
  return std::any_of(facts.indexes.begin(), facts.indexes.end(), [](const IndexFact& index) { return index.primary; });
}

ColumnNumbers with_partition_columns(const Facts& facts, ColumnNumbers columns) {
  for (const int number : facts.partition_columns) {
    if (!contains(columns, number)) columns.push_back(number);
  }
  return columns;
}

/// Empty when no column of them is nullable.
std::string set_not_null(const Facts& facts, const ColumnNumbers& columns) {
  std::string text;
  for (const int number : columns) {
    const ColumnFact* column = find_column(facts, number);
    if (column == nullptr || column->not_null) continue;
    text += (text.empty() ? "" : "; ") +
            ("ALTER TABLE " + table_name(facts) + " ALTER COLUMN " + readable(column->name) + " SET NOT NULL");
  }
  return text;
}

/// SET NOT NULL reads the whole table under an exclusive lock unless a valid constraint already says so.
std::string not_null_advice(const Facts& facts, const ColumnNumbers& columns) {
  const std::string statements = set_not_null(facts, columns);
  if (statements.empty()) return "";
  return statements +
         " (on a large table first ADD CONSTRAINT ... CHECK (... IS NOT NULL) NOT VALID and VALIDATE "
         "CONSTRAINT, so that it is not locked while it is read)";
}

std::string leaves_instead(const Facts& facts) {
  std::vector<std::string> leaves;
  for (const LeafFact& leaf : facts.leaves) leaves.push_back(qualified(leaf.schema, leaf.name));
  return "a table partitioned by an expression can have no unique index: run a job on each leaf partition instead: " +
         first_of(leaves);
}

std::string create_partitioned(const Facts& facts, const ColumnNumbers& columns) {
  if (contains(facts.partition_columns, 0)) return leaves_instead(facts);
  const ColumnNumbers all = with_partition_columns(facts, columns);
  const std::string list = (columns.empty() ? std::string(unknown_columns) + ", " : "") + column_names(facts, all);
  return "CREATE UNIQUE INDEX " + index_name(facts) + " ON ONLY " + table_name(facts) + " (" + list +
         "); then for each partition CREATE UNIQUE INDEX CONCURRENTLY ... (" + list + ") and ALTER INDEX " +
         qualified(facts.table.schema, facts.table.name + "_pgfill_key") + " ATTACH PARTITION ...";
}

}  // namespace

std::string create_unique_index(const Facts& facts, const ColumnNumbers& columns) {
  if (facts.table.kind == 'p') return create_partitioned(facts, columns);
  return "CREATE UNIQUE INDEX CONCURRENTLY ON " + table_name(facts) + " (" + column_names(facts, columns) + ")";
}

std::string make_key(const Facts& facts) {
  for (const IndexFact& index : facts.indexes) {
    if (index.unique && !contains(index.columns, 0)) return mend_index(facts, index);
  }
  const ColumnNumbers columns = likely_identifier(facts);
  if (facts.table.kind == 'p') return create_partitioned(facts, columns);
  std::string text = "CREATE UNIQUE INDEX CONCURRENTLY " + index_name(facts) + " ON " + table_name(facts) + " (" +
                     (columns.empty() ? std::string(unknown_columns) : column_names(facts, columns)) + ")";
  const std::string not_null = set_not_null(facts, columns);
  if (!not_null.empty()) text += "; " + not_null;
  if (!has_primary_key(facts)) {
    text += "; ALTER TABLE " + table_name(facts) + " ADD PRIMARY KEY USING INDEX " + index_name(facts);
  }
  return text;
}

std::string mend_index(const Facts& facts, const IndexFact& index) {
  std::string not_null = not_null_advice(facts, index.columns);
  const std::string then_not_null = not_null.empty() ? "" : "; " + not_null;
  for (const std::string& schema : index.hidden_operators) {
    if (schema.empty()) continue;
    return "add schema " + readable(schema) + " to the search_path: ALTER ROLE " + readable(facts.access.role) +
           " SET search_path = " + facts.table.search_path + ", " + readable(schema) + then_not_null;
  }
  const bool sound =
      std::none_of(index.default_order.begin(), index.default_order.end(), [](bool own) { return !own; }) &&
      std::none_of(index.column_collation.begin(), index.column_collation.end(), [](bool own) { return !own; }) &&
      std::all_of(index.descending.begin(), index.descending.end(),
                  [&](bool descending) { return descending == index.descending.front(); });
  const bool as_it_is = sound && index.method == "btree" && !index.partial && !contains(index.columns, 0);
  if (as_it_is && index.valid && !not_null.empty()) return not_null;
  if (as_it_is && !index.valid && facts.table.kind != 'p') {
    return "REINDEX INDEX CONCURRENTLY " + qualified(facts.table.schema, index.name) + then_not_null;
  }
  if (as_it_is && !index.valid) {
    return "give each partition its index and attach it: CREATE UNIQUE INDEX CONCURRENTLY ... (" +
           column_names(facts, index.columns) + "), then ALTER INDEX " + qualified(facts.table.schema, index.name) +
           " ATTACH PARTITION ..." + then_not_null;
  }
  return create_unique_index(facts, index.columns) + then_not_null;
}

}  // namespace pgfill::plan
