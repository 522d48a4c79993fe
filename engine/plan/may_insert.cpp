#include "plan/may_insert.h"

#include "spec/condition.h"
#include "sql/statements.h"

namespace pgfill::plan {

async::Task<bool> may_insert_into_target(postgres::Session& session, std::uint32_t table_oid, JobSpec spec) {
  std::vector<std::string> columns;
  for (const Assignment& assignment : spec.set) columns.push_back(assignment.column);
  postgres::Parameters parameters{std::to_string(table_oid), postgres::array_literal(columns),
                                  postgres::array_literal(spec::called_functions(spec))};
  const postgres::Rows rows = co_await session.query(sql::plan_may_insert, std::move(parameters));
  co_return rows.boolean(0, 0);
}

}  // namespace pgfill::plan
