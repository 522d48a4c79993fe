#include "ledger/skipped.h"

#include <nlohmann/json.hpp>

#include "ledger/statements.h"

namespace pgfill::ledger {

using async::Task;
using postgres::Command;
using postgres::Parameter;
using postgres::Parameters;
using postgres::Rows;

Task<SkippedRows> skipped_rows(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  const Rows rows = co_await session.query(sql::ledger_skipped_rows, std::move(parameters));
  SkippedRows skipped;
  skipped.deferred = rows.front().integer("deferred");
  skipped.quarantined = rows.front().integer("quarantined");
  skipped.sample = rows.front().string("sample");
  co_return skipped;
}

Command quarantine_row(std::int64_t job_id, std::int64_t range_id, const BadRow& row,
                       const std::optional<Position>& after) {
  Parameters parameters{std::to_string(job_id), std::to_string(range_id), postgres::array_literal(row.key),
                        row.sqlstate, row.message};
  Parameters place = after ? position_parameters(*after) : Parameters(4);
  for (Parameter& one : place) parameters.push_back(std::move(one));
  return {sql::ledger_quarantine_row, std::move(parameters)};
}

Command run_revisit(Parameters parameters, std::uint32_t table_oid, std::string change) {
  parameters.push_back(std::to_string(table_oid));
  parameters.push_back(std::move(change));
  return {sql::ledger_run_revisit, std::move(parameters), postgres::Evaluates::last_parameter};
}

Task<void> defer_left_behind(postgres::Session& session, std::int64_t job_id, std::vector<FoundRow> rows) {
  nlohmann::json list = nlohmann::json::array();
  for (const FoundRow& row : rows) list.push_back(nlohmann::json::array({row.relation_id, row.key}));
  Parameters parameters{std::to_string(job_id), list.dump()};
  co_await session.query(sql::ledger_defer_left_behind, std::move(parameters));
}

Task<std::optional<ListedRow>> next_skipped(postgres::Session& session, std::int64_t job_id, std::int64_t relation_id,
                                            std::string state, std::optional<Key> above) {
  Parameters parameters{std::to_string(job_id), std::to_string(relation_id), std::move(state), std::nullopt};
  if (above) parameters.back() = postgres::array_literal(*above);
  const Rows rows = co_await session.query(sql::ledger_next_skipped, std::move(parameters));
  if (rows.empty()) co_return std::nullopt;
  ListedRow row{rows.front().array("key"), rows.front().integer("range_id")};
  co_return row;
}

Task<std::int64_t> retry_quarantined(postgres::Session& session, std::string job) {
  Parameters parameters{std::move(job)};
  const Rows rows = co_await session.query(sql::ledger_retry_quarantined, std::move(parameters));
  co_return rows.front().integer("retried");
}

}  // namespace pgfill::ledger
