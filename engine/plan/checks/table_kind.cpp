// Only ordinary, logged tables can be filled: the table itself, or the leaves that hold the rows of a partitioned one.
#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

constexpr std::string_view name = "table_kind";

void refuse_kind(const Subject& subject, Findings& findings, const std::string& text, const std::string& remedy) {
  refuse(findings, name, ErrorCode::table_kind, table_name(subject.facts) + " is " + text, remedy);
}

void check_partitioned(const Subject& subject, Findings& findings) {
  if (subject.spec.only) {
    return refuse_kind(subject, findings,
                       "partitioned, and " + std::string(kinds::kind_of(subject.spec).statement()) +
                           " ONLY changes nothing in it: its partitions hold the rows",
                       "leave ONLY out (`only` in a spec) to change the rows of all partitions; or name a partition");
  }
  std::vector<std::string> foreign;
  std::vector<std::string> unlogged;
  for (const LeafFact& leaf : subject.facts.leaves) {
    if (leaf.kind != 'r') foreign.push_back(qualified(leaf.schema, leaf.name));
    if (leaf.kind == 'r' && leaf.persistence == 'u') unlogged.push_back(qualified(leaf.schema, leaf.name));
  }
  if (!foreign.empty()) {
    refuse_kind(subject, findings, "partitioned, and rows lie on other servers: foreign partition " + first_of(foreign),
                "run a job on each other partition, and the rest on the server that holds the rows");
  }
  if (!unlogged.empty()) {
    refuse_kind(subject, findings,
                "partitioned, and a crash empties its unlogged partition " + first_of(unlogged) +
                    ", which the ledger would not know",
                "ALTER TABLE " + unlogged.front() + " SET LOGGED");
  }
}

void check_relation_kind(const Subject& subject, Findings& findings) {
  switch (subject.facts.table.kind) {
    case 'r':
      return;
    case 'p':
      return check_partitioned(subject, findings);
    case 'v':
      return refuse_kind(subject, findings, "a view", "name the table that holds the rows");
    case 'm':
      return refuse_kind(subject, findings, "a materialized view", "change its query or its tables, then refresh it");
    case 'f':
      return refuse_kind(subject, findings, "a foreign table",
                         "run the job on the server that holds the rows: the ledger must commit with them");
    default:
      return refuse_kind(subject, findings, "not a table", "name a table");
  }
}

}  // namespace

void check_table_kind(const Subject& subject, Findings& findings) {
  const Facts& facts = subject.facts;
  if (facts.is_system) {
    refuse_kind(subject, findings, "part of the system catalogue", "pgfill changes tables of applications only");
    return;
  }
  if (facts.table.schema == "pgfill") {
    refuse_kind(subject, findings, "part of pgfill's own ledger", "pgfill changes tables of applications only");
    return;
  }
  check_relation_kind(subject, findings);
  if (facts.table.kind != 'r' && facts.table.kind != 'p') return;
  if (facts.table.persistence == 't') {
    refuse_kind(subject, findings, "temporary: only the session that made it sees its rows",
                "drop the temporary table or write the schema in front of the name");
  }
  if (facts.table.persistence == 'u') {
    refuse_kind(subject, findings, "unlogged: a crash empties it, and the ledger would not know",
                "ALTER TABLE " + table_name(facts) + " SET LOGGED");
  }
  if (facts.table.kind == 'r' && facts.has_children && !subject.spec.only) {
    refuse_kind(subject, findings, "the parent of other tables by inheritance; no key is unique over all of them",
                "write " + std::string(kinds::kind_of(subject.spec).statement()) +
                    " ONLY (`only: yes` in a spec) for the rows of its own, and run a job on each child");
  }
}

}  // namespace pgfill::plan
