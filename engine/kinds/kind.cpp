#include "kinds/kind.h"

#include <array>
#include <cassert>

#include "kinds/delete.h"
#include "kinds/update.h"
#include "spec/condition.h"
#include "spec/joined.h"

namespace pgfill::kinds {
namespace {

struct Row {
  std::string_view name;
  const Kind& (*kind)();
};

/// In the order of the alternatives of pgfill::Kind.
constexpr std::array table{Row{Update::name, &update_kind}, Row{Delete::name, &delete_kind}};
static_assert(table.size() == std::variant_size_v<pgfill::Kind>);

}  // namespace

const std::vector<TableReference>& Kind::accepted_tables(const JobSpec&) const {
  static const std::vector<TableReference> none;
  return none;
}

const Kind& kind_of(const JobSpec& spec) {
  return table.at(spec.kind.index()).kind();
}

const Kind& kind_named(std::string_view name) {
  for (const Row& row : table) {
    if (row.name == name) return row.kind();
  }
  assert(!"the ledger checks the names of kinds");
  return table.front().kind();
}

bool removes_rows(const JobSpec& spec) {
  return kind_of(spec).event() == RowEvent::remove;
}

sql::Target target_of(const JobSpec& spec, const TargetFacts& facts) {
  const Kind& kind = kind_of(spec);
  sql::Target target;
  target.schema = facts.schema;
  target.table = facts.table;
  target.alias = spec.alias.empty() ? facts.called : spec.alias;
  for (const KeyColumn& column : facts.key) target.key.emplace_back(column.name, column.type);
  target.where = facts.by_position ? kind.position_condition(spec) : spec::row_condition(spec);
  target.joined = spec.from;
  if (!spec.from.empty()) target.joining = spec.where;
  target.only = facts.plain;
  target.oid = facts.oid;
  target.relation = facts.relation;
  target.by_position = facts.by_position;
  target.stripes = facts.stripes;
  target.reads_other_rows = spec::reads_other_rows(spec) || facts.reads_by_function;
  target.may_insert = facts.may_insert;
  kind.complete(target, spec, facts);
  return target;
}

}  // namespace pgfill::kinds
