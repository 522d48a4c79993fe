// The role must read and update the columns it needs, and have a ledger or the right to make one. Columns used inside
// expressions are left to the server, which judges the statement itself.
#include <algorithm>

#include "plan/checks/checks.h"
#include "plan/choose_key.h"

namespace pgfill::plan {
namespace {

constexpr std::string_view name = "privileges";

void refuse_column(const Subject& subject, const std::string& privilege, const std::string& columns,
                   Findings& findings) {
  const std::string role = readable(subject.facts.access.role);
  const std::string table = table_name(subject.facts);
  refuse(findings, name, ErrorCode::privilege,
         "role " + role + " lacks " + privilege + " on " + table + " (" + columns + ")",
         "GRANT " + privilege + " ON " + table + " TO " + role);
}

/// A batch that goes around the rows that others hold locks the free ones first, which takes UPDATE of some column.
void check_removal(const Subject& subject, Findings& findings) {
  const std::string role = readable(subject.facts.access.role);
  const std::string table = table_name(subject.facts);
  if (!subject.facts.access.may_delete) {
    refuse(findings, name, ErrorCode::privilege, "role " + role + " lacks DELETE on " + table,
           "GRANT DELETE ON " + table + " TO " + role);
  }
  const auto& columns = subject.facts.columns;
  if (std::any_of(columns.begin(), columns.end(), [](const ColumnFact& column) { return column.may_update; })) return;
  refuse(findings, name, ErrorCode::privilege,
         "role " + role + " lacks UPDATE on " + table + ", without which it cannot lock the rows that it deletes",
         "GRANT UPDATE ON " + table + " TO " + role);
}

void check_table(const Subject& subject, Findings& findings) {
  std::vector<std::string> unreadable;
  std::vector<std::string> read_only;
  if (subject.key && !is_position(*subject.key)) {
    for (const KeyColumn& key : subject.key->columns) {
      const ColumnFact* column = find_column(subject.facts, key.name);
      if (!column->may_select) unreadable.push_back(readable(key.name));
    }
  }
  for (const int number : assigned_columns(subject.facts, subject.spec)) {
    const ColumnFact* column = find_column(subject.facts, number);
    if (!column->may_update) read_only.push_back(readable(column->name));
  }
  if (kinds::removes_rows(subject.spec)) check_removal(subject, findings);
  if (!unreadable.empty()) refuse_column(subject, "SELECT", joined(unreadable), findings);
  if (!read_only.empty()) refuse_column(subject, "UPDATE", joined(read_only), findings);
}

/// The sweep for rows left behind tells by xmin who has written a row; only jobs with a condition are swept.
void check_sweep(const Subject& subject, Findings& findings) {
  if (!kinds::kind_of(subject.spec).sweeps(subject.spec) || subject.facts.access.may_read_xmin) return;
  const std::string role = readable(subject.facts.access.role);
  const std::string table = table_name(subject.facts);
  refuse(findings, name, ErrorCode::privilege,
         "role " + role + " lacks SELECT on " + table +
             " (xmin), by which a job finds rows that others have written behind its cursors",
         "GRANT SELECT (xmin) ON " + table + " TO " + role);
}

void check_ledger(const AccessFact& access, Findings& findings) {
  const std::string role = readable(access.role);
  if (access.ledger_exists && !access.ledger_usage) {
    refuse(findings, name, ErrorCode::privilege,
           "role " + role + " may not use the schema pgfill, which holds the ledger",
           "have its owner GRANT USAGE ON SCHEMA pgfill TO " + role);
  }
  if (!access.ledger_exists && !access.may_create) {
    const std::string database = readable(access.database);
    refuse(findings, name, ErrorCode::privilege,
           "database " + database + " has no ledger yet and role " + role + " may not create its schema",
           "run pgfill install as the owner of the database, or GRANT CREATE ON DATABASE " + database + " TO " + role);
  }
}

}  // namespace

void check_privileges(const Subject& subject, Findings& findings) {
  check_table(subject, findings);
  check_ledger(subject.facts.access, findings);
  check_sweep(subject, findings);
}

}  // namespace pgfill::plan
