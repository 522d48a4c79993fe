// A batch must walk the key's index, in each partition it looks into, or the positions between two. A batch that reads
// the whole table makes the job quadratic; one that reads the whole of another table pays for it whatever its size.
#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "plan/checks/checks.h"
#include "plan/choose_key.h"

namespace pgfill::plan {
namespace {

constexpr std::string_view name = "plan_guard";
/// Fewer rows than that are read within a millisecond.
constexpr double few_rows = 2'000;
constexpr std::size_t most_named = 3;

/// The indexes that are, or belong to, the index of the key.
std::set<std::string> key_indexes(const Subject& subject) {
  std::set<std::string> names{subject.key->index};
  for (const LeafIndexFact& index : subject.facts.leaf_indexes) {
    if (index.table_index == subject.key->index) names.insert(index.name);
  }
  return names;
}

void check_target(const Scan& scan, const Subject& subject, const std::set<std::string>& walked, Findings& findings) {
  if (walked.contains(scan.index) || scan.method == position_scan) return;
  const std::string table = qualified(scan.schema, scan.relation);
  const std::string wanted = is_position(*subject.key) ? "the rows between two positions, for it has no key"
                                                       : "index " + readable(subject.key->index);
  if (scan.index.empty() || is_position(*subject.key)) {
    refuse(findings, name, ErrorCode::plan_scans_table,
           "the server would read " + table + " with a " + scan.method + " in every batch instead of walking " + wanted,
           "ANALYZE " + table + "; if that changes nothing, look at the plan of the batch and at the table's settings");
    return;
  }
  warn(findings, name,
       "the server reads a batch by index " + readable(scan.index) + " instead of the key's index " +
           readable(subject.key->index) + "; each batch may visit rows of other batches",
       "ANALYZE " + table + ", then plan again");
}

std::string table_of(const Scan& scan) {
  return qualified(scan.schema, scan.relation);
}

std::string rows_words(double rows) {
  return "about " + std::to_string(static_cast<std::int64_t>(rows)) + " rows";
}

double rows_of(const Scan& scan) {
  return scan.relation_rows.value_or(scan.rows);
}

/// What stands before NOT IN in the condition: the column, or `...`.
std::string compared_with(const std::string& where) {
  std::string lower = where;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  std::size_t end = lower.find(" not in");
  if (end == std::string::npos) end = lower.find(" in (");
  if (end == std::string::npos) return "...";
  std::size_t begin = end;
  const auto belongs = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '"';
  };
  while (begin > 0 && belongs(where[begin - 1])) --begin;
  return begin == end ? "..." : where.substr(begin, end - begin);
}

/// Names the column as belonging to the job's table, so that the sub-select cannot mean one of its own.
std::string outer_column(const Subject& subject) {
  const std::string column = compared_with(subject.spec.where);
  if (column == "..." || column.find('.') != std::string::npos) return column;
  return readable(subject.spec.alias.empty() ? subject.facts.table.name : subject.spec.alias) + "." + column;
}

std::string create_index(const Scan& scan) {
  std::vector<std::string> columns;
  for (const std::string& column : scan.columns) columns.push_back(readable(column));
  return "CREATE INDEX CONCURRENTLY ON " + table_of(scan) + " (" + joined(columns) + ")";
}

bool is_indexed(const Scan& scan) {
  return std::any_of(scan.columns.begin(), scan.columns.end(), [&](const std::string& column) {
    return std::find(scan.begin_indexes.begin(), scan.begin_indexes.end(), column) != scan.begin_indexes.end();
  });
}

/// What makes the server look rows up instead.
std::string remedy_for(const Scan& scan, const Subject& subject) {
  if (scan.columns.empty()) return "index the columns the subquery compares";
  const std::string index = is_indexed(scan) ? "" : create_index(scan);
  if (!scan.hashed) return index.empty() ? "write the subquery so that an index finds its rows" : index;
  const std::string look_up = "EXISTS (SELECT FROM " + table_of(scan) + " AS o WHERE o." +
                              readable(scan.columns.front()) + " = " + outer_column(subject) + ")";
  return (index.empty() ? "" : index + ", and ") + "write IN (SELECT ...) as " + look_up +
         " and NOT IN as NOT EXISTS, which asks the index for each row (they differ where a value is NULL)";
}

void tell(const Scan& scan, const Subject& subject, Findings& findings) {
  const double rows = rows_of(scan);
  const std::string text = "every batch reads the whole of " + table_of(scan) + ", " + rows_words(rows) +
                           (scan.each_row ? ", for each of its rows"
                            : scan.hashed ? ", and hashes them"
                                          : "");
  const bool few = scan.relation_rows && *scan.relation_rows < few_rows && !scan.each_row;
  (few ? note : warn)(findings, name, text, remedy_for(scan, subject));
}

}  // namespace

void check_plan_guard(const Subject& subject, Findings& findings) {
  if (!subject.key) return;
  const std::set<std::string> walked = key_indexes(subject);
  // A condition is in a statement twice when batches ask done rows.
  std::map<std::string, const Scan*> read_whole;
  std::vector<const Scan*> in_order;
  double rows = 0;
  for (const Scan& scan : subject.statement.scans) {
    if (is_target(scan, subject)) {
      check_target(scan, subject, walked, findings);
    } else if (scan.whole && read_whole.emplace(table_of(scan), &scan).second) {
      in_order.push_back(&scan);
      rows += rows_of(scan);
    }
  }
  if (in_order.size() <= most_named) {
    for (const Scan* scan : in_order) tell(*scan, subject, findings);
    return;
  }
  std::vector<std::string> names;
  for (const Scan* scan : in_order) names.push_back(table_of(*scan));
  warn(findings, name, "every batch reads the whole of " + first_of(names) + ", " + rows_words(rows) + " in all",
       remedy_for(*in_order.front(), subject));
}

}  // namespace pgfill::plan
