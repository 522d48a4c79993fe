// SET column = DEFAULT goes by the text of the column's default, which stays with the job.

#include <algorithm>

#include "plan/checks/checks.h"
#include "spec/condition.h"
#include "spec/default_value.h"

namespace pgfill::plan {
namespace {

constexpr std::string_view name = "defaults";

/// DEFAULT alone of all that is set, as fills_nulls() judges a job by all of its columns.
bool demands_null(const Subject& subject, const DefaultFact& fact) {
  JobSpec alone = subject.spec;
  alone.set() = {{fact.column, fact.text}};
  return spec::fills_nulls(alone);
}

void check_default(const Subject& subject, const DefaultFact& fact, Findings& findings) {
  if (!fact.exists) {
    const std::string text = "column \"" + fact.column + "\" has no default, so that DEFAULT sets it to NULL";
    if (!demands_null(subject, fact)) return note(findings, name, text);
    return refuse(findings, name, ErrorCode::expression_unsafe,
                  text + "; the condition demands that it is NULL already",
                  "write the value itself, or give the column one: ALTER TABLE " + table_name(subject.facts) +
                      " ALTER COLUMN " + readable(fact.column) + " SET DEFAULT ...");
  }
  const std::optional<std::string> reason = spec::not_batchable(fact.text, subject.spec);
  if (!reason) {
    return note(findings, name,
                "DEFAULT of column \"" + fact.column + "\" is " + fact.text + "; the job keeps to it until it is done");
  }
  refuse(findings, name, ErrorCode::expression_unsafe,
         "the default of column \"" + fact.column + "\" is " + fact.text + ": " + *reason,
         "write the value itself instead of DEFAULT");
}

}  // namespace

void check_defaults(const Subject& subject, Findings& findings) {
  for (const DefaultFact& fact : subject.facts.defaults) {
    const ColumnFact* column = find_column(subject.facts, fact.column);
    // Those that the server computes or numbers by itself are another check's.
    if (column != nullptr && (!column->generated.empty() || column->identity == "a")) continue;
    check_default(subject, fact, findings);
  }
}

}  // namespace pgfill::plan
