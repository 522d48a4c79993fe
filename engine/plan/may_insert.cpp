#include "plan/may_insert.h"

#include "plan/statements.h"

namespace pgfill::plan {

async::Task<bool> may_insert_into_target(postgres::Session& session, std::uint32_t table_oid, Effects effects) {
  if (!effects.may_insert_into_target()) co_return false;
  postgres::Parameters parameters{std::to_string(table_oid)};
  const postgres::Rows rows = co_await session.query(sql::plan_may_read_writer, std::move(parameters));
  co_return rows.boolean(0, 0);
}

}  // namespace pgfill::plan
