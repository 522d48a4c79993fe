#include "kinds/kind.h"

#include "kinds/delete.h"
#include "kinds/update.h"
#include "spec/condition.h"

namespace pgfill::kinds {
namespace {

struct Lookup {
  const Kind& operator()(const Update&) const { return update_kind(); }
  const Kind& operator()(const Delete&) const { return delete_kind(); }
};

}  // namespace

const Kind& kind_of(const JobSpec& spec) {
  return std::visit(Lookup{}, spec.kind);
}

sql::Target target_of(const JobSpec& spec, const TargetFacts& facts) {
  const Kind& kind = kind_of(spec);
  sql::Target target;
  target.schema = facts.schema;
  target.table = facts.table;
  target.alias = spec.alias.empty() ? facts.called : spec.alias;
  for (const KeyColumn& column : facts.key) target.key.emplace_back(column.name, column.type);
  target.where = facts.by_position ? kind.position_condition(spec) : spec.where;
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
