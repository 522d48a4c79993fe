// Facts of an imaginary table for the tests of this folder: users(id bigint pk, status text, state text, tenant int,
// code int nullable), nothing wrong with it.
#pragma once

#include <algorithm>

#include "plan/checks/checks.h"
#include "plan/facts.h"

namespace pgfill::plan {

inline constexpr int id = 1, status = 2, state = 3, tenant = 4, code = 5;

inline ColumnFact example_column(int number, std::string name, std::string type, bool fixed, bool not_null) {
  ColumnFact column;
  column.number = number;
  column.name = std::move(name);
  column.type = std::move(type);
  column.fixed_width = fixed;
  column.not_null = not_null;
  column.may_select = true;
  column.may_update = true;
  return column;
}

inline IndexFact unique_index(std::string name, ColumnNumbers columns) {
  IndexFact index;
  index.name = std::move(name);
  index.unique = true;
  index.valid = true;
  index.method = "btree";
  index.descending.assign(columns.size(), false);
  index.default_order.assign(columns.size(), true);
  index.column_collation.assign(columns.size(), true);
  index.hidden_operators.assign(columns.size(), "");
  index.touched_by = columns;
  index.columns = std::move(columns);
  return index;
}

inline IndexFact primary_key() {
  IndexFact index = unique_index("users_pkey", {id});
  index.primary = true;
  return index;
}

inline Facts example_facts() {
  Facts facts;
  facts.table.oid = 20000;
  facts.table.schema = "public";
  facts.table.name = "users";
  facts.table.estimated_rows = 1'000'000;
  facts.table.heap_bytes = 200'000'000;
  facts.table.index_bytes = 20'000'000;
  facts.table.server_version = 150018;
  facts.replica_identity = "d";
  facts.columns = {
      example_column(id, "id", "bigint", true, true), example_column(status, "status", "text", false, true),
      example_column(state, "state", "text", false, false), example_column(tenant, "tenant", "integer", true, true),
      example_column(code, "code", "integer", true, false)};
  facts.indexes = {primary_key()};
  facts.access = {"app", "shop", true, true, false};
  return facts;
}

inline JobSpec example_spec() {
  JobSpec spec;
  spec.job = "users-state";
  spec.table = "users";
  spec.set().push_back({"state", "status"});
  spec.where = "state IS NULL";
  return spec;
}

inline Subject example_subject() {
  Subject subject;
  subject.spec = example_spec();
  subject.facts = example_facts();
  subject.key = KeyChoice{"users_pkey", true, {{"id", "bigint"}}};
  subject.statement.scans = {{"Index Scan", "public", "users", "users", "users_pkey", 1000}};
  return subject;
}

inline Findings found_by(Check check, const Subject& subject) {
  Findings findings;
  check(subject, findings);
  return findings;
}

/// What decisions of planning look at.
struct ExampleCase {
  JobSpec spec = example_spec();
  Facts facts = example_facts();
  KeyChoice key{"users_pkey", true, {{"id", "bigint"}}};

  ColumnFact& column(std::string_view name) {
    return *std::find_if(facts.columns.begin(), facts.columns.end(), [&](const auto& c) { return c.name == name; });
  }
};

}  // namespace pgfill::plan
