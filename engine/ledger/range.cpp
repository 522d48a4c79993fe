#include "ledger/range.h"

#include "ledger/statements.h"
#include "postgres/transaction.h"

namespace pgfill::ledger {
namespace {

using async::Task;
using postgres::Command;
using postgres::Parameter;
using postgres::Parameters;
using postgres::Rows;

std::optional<Key> key_at(const postgres::Row& row, const char* column) {
  if (row.is_null(column)) return std::nullopt;
  return row.array(column);
}

std::optional<Lease> lease_from(const Rows& rows, std::int64_t job_id) {
  if (rows.empty()) return std::nullopt;
  const postgres::Row row = rows.front();
  Lease lease;
  lease.job_id = job_id;
  lease.range_id = row.integer("range_id");
  lease.relation_id = row.integer("relation_id");
  lease.relation_name = row.string("relation_name");
  lease.epoch = row.integer("epoch");
  lease.keys.lower = key_at(row, "lower_key");
  lease.keys.upper = key_at(row, "upper_key");
  lease.cursor = key_at(row, "cursor_key");
  lease.share = row.real("share");
  lease.rows_walked = row.integer("rows_walked");
  lease.stripe = static_cast<int>(row.integer("stripe"));
  lease.stripes = static_cast<int>(row.integer("stripes"));
  return lease;
}

Parameters range_parameters(const Lease& lease) {
  return {std::to_string(lease.job_id), std::to_string(lease.range_id)};
}

/// What the fence compares.
Parameters held_parameters(const Lease& lease) {
  Parameters parameters = range_parameters(lease);
  parameters.push_back(std::to_string(lease.epoch));
  parameters.push_back(key_parameter(lease.cursor));
  parameters.push_back(std::to_string(lease.stripe));
  return parameters;
}

void require_unchanged(const Rows& answer) {
  constexpr const char* changed = "the table has changed since the job was planned: ";
  if (answer.empty()) return;
  const std::vector<std::string> changes = answer.front().array("changes");
  if (!changes.empty()) throw postgres::Failure(postgres::Condition::table_changed, changed + changes[0]);
  const std::vector<std::string> of_key = answer.front().array("key_changes");
  if (!of_key.empty()) throw postgres::Failure(postgres::Condition::key_index_gone, changed + of_key[0]);
}

/// Leases and looks at the table in one transaction: the worker that goes on relies on what the plan found there.
Task<std::optional<Lease>> leased(postgres::Session& session, std::int64_t job_id, std::int64_t runner_id,
                                  Command command) {
  std::vector<Command> commands;
  const postgres::Pins pins;
  commands.push_back({sql::ledger_table_changes, Parameters{std::to_string(job_id)}});
  commands.push_back({sql::ledger_follow_leaves, Parameters{std::to_string(job_id), std::to_string(runner_id)}});
  commands.push_back({sql::ledger_follow_file, Parameters{std::to_string(job_id), std::to_string(runner_id)}});
  commands.push_back(std::move(command));
  const std::vector<Rows> answers = co_await postgres::transact(session, pins, std::move(commands));
  require_unchanged(answers.front());
  require_unchanged(answers.back());
  co_return lease_from(answers.back(), job_id);
}

Parameters name_parameters(const TableNames& table) {
  Parameters parameters{std::to_string(table.oid), table.name, postgres::array_literal(table.columns),
                        postgres::array_literal(table.numbers), std::nullopt};
  if (table.leaf_of != 0) parameters.back() = std::to_string(table.leaf_of);
  return parameters;
}

}  // namespace

Task<void> require_unchanged_table(postgres::Session& session, std::int64_t job_id) {
  const postgres::Pins pins;
  Command command{sql::ledger_table_changes, Parameters{std::to_string(job_id)}};
  require_unchanged(co_await postgres::transact(session, pins, std::move(command)));
}

Task<std::optional<Lease>> lease_next(postgres::Session& session, std::int64_t job_id, std::int64_t runner_id,
                                      bool looks) {
  Command command{sql::ledger_lease_next, Parameters{std::to_string(job_id), std::to_string(runner_id)}};
  if (looks) co_return co_await leased(session, job_id, runner_id, std::move(command));
  const postgres::Pins pins;
  const Rows answer = co_await postgres::transact(session, pins, std::move(command));
  require_unchanged(answer);
  co_return lease_from(answer, job_id);
}

Task<std::optional<Lease>> lease_again(postgres::Session& session, std::int64_t job_id, std::int64_t runner_id,
                                       std::int64_t range_id) {
  Command command{sql::ledger_lease_again,
                  Parameters{std::to_string(job_id), std::to_string(runner_id), std::to_string(range_id)}};
  co_return co_await leased(session, job_id, runner_id, std::move(command));
}

Task<std::optional<Lease>> lease_lost(postgres::Session& session, std::int64_t job_id, std::int64_t runner_id,
                                      std::vector<std::string> known) {
  Command command{sql::ledger_lease_lost,
                  Parameters{std::to_string(job_id), std::to_string(runner_id), postgres::array_literal(known)}};
  co_return co_await leased(session, job_id, runner_id, std::move(command));
}

Task<void> release(postgres::Session& session, Lease lease) {
  Parameters parameters = range_parameters(lease);
  parameters.push_back(std::to_string(lease.epoch));
  const postgres::Pins pins;
  Command command{sql::ledger_release_range, std::move(parameters)};
  co_await postgres::transact(session, pins, std::move(command));
}

Parameter key_parameter(const std::optional<Key>& key) {
  if (!key) return std::nullopt;
  return postgres::array_literal(*key);
}

Parameters position_parameters(const Position& position) {
  return {key_parameter(position.cursor), std::to_string(position.stripe), std::to_string(position.stripes),
          position.done ? "true" : "false"};
}

Command fence(const Lease& lease) {
  return {sql::ledger_fence, held_parameters(lease)};
}

Command require_table(const TableNames& table) {
  return {sql::ledger_require_table, name_parameters(table)};
}

Command run_batch(const Lease& lease, const TableNames& table, const BatchChange& change) {
  Parameters parameters = held_parameters(lease);
  const Position& after = change.after;
  for (Parameter& one : position_parameters(after)) parameters.push_back(std::move(one));
  parameters.push_back(change.walked ? Parameter(std::to_string(*change.walked)) : std::nullopt);
  for (Parameter& one : name_parameters(table)) parameters.push_back(std::move(one));
  parameters.emplace_back(change.noted ? "true" : "false");
  parameters.emplace_back(change.may_insert ? "true" : "false");
  parameters.emplace_back(change.asks_again ? "true" : "false");
  parameters.push_back(postgres::array_literal(change.values));
  parameters.emplace_back(change.limited ? "true" : "false");
  parameters.push_back(change.counting.empty() ? std::nullopt : Parameter(change.counting));
  parameters.push_back(change.statement);
  return {sql::ledger_run_batch, std::move(parameters), postgres::Evaluates::last_two_parameters};
}

Command take_turn(std::int64_t job_id) {
  return {sql::ledger_take_turn, Parameters{std::to_string(job_id)}};
}

Command finish_range(const Lease& lease) {
  return {sql::ledger_finish_range, range_parameters(lease)};
}

Command split_range(const Lease& lease, const Key& at, double share, std::int64_t walked) {
  Parameters parameters = range_parameters(lease);
  parameters.push_back(postgres::array_literal(at));
  parameters.push_back(std::to_string(share));
  parameters.push_back(std::to_string(walked));
  return {sql::ledger_split_range, std::move(parameters)};
}

Task<RangeTotals> range_totals(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  const Rows rows = co_await session.query(sql::ledger_progress, std::move(parameters));
  const postgres::Row row = rows.front();
  RangeTotals totals;
  totals.ranges = row.integer("ranges");
  totals.done = row.integer("ranges_done");
  totals.rows_changed = row.integer("rows_changed");
  totals.batches = row.integer("batches");
  totals.share_done = row.real("share");
  totals.deferred = row.integer("deferred");
  totals.quarantined = row.integer("quarantined");
  totals.rows_beyond = row.integer("beyond");
  totals.rows_kept = row.integer("rows_kept");
  co_return totals;
}

Task<std::int64_t> rows_inserted(postgres::Session& session, std::uint32_t table_oid) {
  Parameters parameters{std::to_string(table_oid)};
  const Rows rows = co_await session.query(sql::ledger_rows_inserted, std::move(parameters));
  co_return rows.front().integer("inserted");
}

}  // namespace pgfill::ledger
