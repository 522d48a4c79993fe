#include "plan/key_advice.h"

#include <algorithm>
#include <array>

#include "postgres/server_version.h"

namespace pgfill::plan {
namespace {

constexpr std::size_t longest_name = 63;
/// Of a table that has no column to make a key of; the second where the job fills the first.
constexpr std::array new_columns{"pgfill_id", "pgfill_row_id"};
/// The column most likely to identify a row, of those that are never NULL and that the job leaves alone; empty when
/// nothing tells.
ColumnNumbers likely_identifier(const JobSpec& spec, const Facts& facts) {
  const ColumnNumbers set = with_dependents(facts, assigned_columns(facts, spec));
  ColumnNumbers likely;
  for (const ColumnFact& column : facts.columns) {
    if (!column.not_null || contains(set, column.number)) continue;
    if (!column.identity.empty()) return {column.number};
    if (likely.empty() && (column.name == "id" || column.name == "uuid" || column.name == new_columns[0]))
      likely = {column.number};
  }
  return likely;
}

/// Of the table's, with its name in it where that is not too long.
std::string own_name(const Facts& facts, const std::string& suffix) {
  const std::string name = facts.table.name + '_' + suffix;
  return name.size() <= longest_name ? name : suffix;
}

std::string index_name(const Facts& facts) {
  return readable(own_name(facts, "pgfill_key"));
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
  const std::string list = column_names(facts, all);
  return "CREATE UNIQUE INDEX " + index_name(facts) + " ON ONLY " + table_name(facts) + " (" + list +
         "); then for each partition CREATE UNIQUE INDEX CONCURRENTLY ... (" + list + ") and ALTER INDEX " +
         qualified(facts.table.schema, facts.table.name + "_pgfill_key") + " ATTACH PARTITION ...";
}

std::string in_quotes(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

/// Whether a trigger runs when only the new column is set: then nobody but a person can know that it leaves it alone.
bool fires_always(const Facts& facts) {
  return std::any_of(facts.triggers.begin(), facts.triggers.end(),
                     [](const TriggerFact& trigger) { return trigger.columns.empty(); });
}

/// A column to be made a key of, and where its values come from.
struct NewColumn {
  std::string name;
  std::string next;  ///< the expression
  bool by_spec;      ///< a trigger runs with each update
};

/// The job that fills it in a table, and the index over it there.
std::string fill_and_index(const std::string& table, const NewColumn& column) {
  const std::string where = column.name + " IS NULL";
  const std::string update = "UPDATE " + table + " SET " + column.name + " = " + column.next + " WHERE " + where;
  const std::string file = "{version: 1, job: new-key, table: " + table + ", set: {" + column.name + ": " +
                           column.next + "}, where: " + where + ", order: physical}";
  const bool for_a_shell = !column.by_spec && update.find('"') == std::string::npos;
  return (for_a_shell ? "pgfill run \"" + update + "\"" : "pgfill run a file with " + file) +
         "; CREATE UNIQUE INDEX CONCURRENTLY ON " + table + " (" + column.name + ")";
}

/// Nobody can fill it in physical order.
std::string add_filled_column(const std::string& table, const std::string& name) {
  return "ALTER TABLE " + table + " ADD COLUMN " + name +
         " bigint GENERATED ALWAYS AS IDENTITY (writes the table anew, and locks it meanwhile); CREATE UNIQUE INDEX "
         "CONCURRENTLY ON " +
         table + " (" + name + "); then this job again";
}

/// A column that is NULL at first costs nothing to add; its default gives new rows their value from the start.
std::string fill_new_column(const JobSpec& spec, const Facts& facts) {
  const bool taken = std::any_of(spec.set().begin(), spec.set().end(),
                                 [](const Assignment& assignment) { return assignment.column == new_columns[0]; });
  NewColumn column{new_columns[taken ? 1 : 0], "", fires_always(facts)};
  const std::string table = "ALTER TABLE " + table_name(facts);
  if (!postgres::has(facts.table.server_version, postgres::Feature::scans_of_positions))
    return add_filled_column(table_name(facts), column.name);
  const std::string sequence = qualified(facts.table.schema, own_name(facts, column.name + "_seq"));
  column.next = "nextval(" + in_quotes(sequence) + ")";
  const std::string check = readable(own_name(facts, column.name + "_not_null"));
  std::string text = table + " ADD COLUMN IF NOT EXISTS " + column.name + " bigint; CREATE SEQUENCE IF NOT EXISTS " +
                     sequence + " OWNED BY " + table_name(facts) + "." + column.name + "; " + table + " ALTER COLUMN " +
                     column.name + " SET DEFAULT " + column.next;
  if (facts.table.kind == 'r') text += "; " + fill_and_index(table_name(facts), column);
  for (const LeafFact& leaf : facts.leaves) text += "; " + fill_and_index(qualified(leaf.schema, leaf.name), column);
  return text + "; " + table + " ADD CONSTRAINT " + check + " CHECK (" + column.name + " IS NOT NULL) NOT VALID; " +
         table + " VALIDATE CONSTRAINT " + check + "; " + table + " ALTER COLUMN " + column.name +
         " SET NOT NULL; then this job again" + (facts.table.kind == 'p' ? ", on each partition" : "");
}

}  // namespace

std::string create_unique_index(const Facts& facts, const ColumnNumbers& columns) {
  if (facts.table.kind == 'p') return create_partitioned(facts, columns);
  return "CREATE UNIQUE INDEX CONCURRENTLY ON " + table_name(facts) + " (" + column_names(facts, columns) + ")";
}

std::string make_key(const JobSpec& spec, const Facts& facts) {
  const ColumnNumbers set = with_dependents(facts, assigned_columns(facts, spec));
  for (const IndexFact& index : facts.indexes) {
    if (!index.unique || contains(index.columns, 0) || overlap(index.columns, set)) continue;
    const std::string if_null = set_not_null(facts, index.columns).empty() ? "" : "; where one is NULL, fill it first";
    return mend_index(facts, index) + if_null;
  }
  const ColumnNumbers columns = likely_identifier(spec, facts);
  if (columns.empty()) return fill_new_column(spec, facts);
  if (facts.table.kind == 'p') return create_partitioned(facts, columns);
  std::string text = "CREATE UNIQUE INDEX CONCURRENTLY " + index_name(facts) + " ON " + table_name(facts) + " (" +
                     column_names(facts, columns) + ")";
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
