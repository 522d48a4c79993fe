#include "ledger/job.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "ledger/statements.h"
#include "postgres/transaction.h"

namespace pgfill::ledger {
namespace {

using async::Task;
using postgres::Parameters;
using postgres::Rows;

nlohmann::json json_key(const std::optional<Key>& key) {
  return key ? nlohmann::json(*key) : nlohmann::json();
}

std::string ranges_as_json(const std::vector<PlannedRange>& ranges) {
  nlohmann::json list = nlohmann::json::array();
  for (const PlannedRange& range : ranges) {
    nlohmann::json entry;
    entry["lower"] = json_key(range.keys.lower);
    entry["upper"] = json_key(range.keys.upper);
    entry["share"] = range.share;
    entry["relation"] = range.relation + 1;
    list.push_back(std::move(entry));
  }
  return list.dump();
}

std::string relations_as_json(const std::vector<PlannedRelation>& relations) {
  nlohmann::json list = nlohmann::json::array();
  for (const PlannedRelation& relation : relations) {
    nlohmann::json entry;
    entry["oid"] = relation.oid;
    entry["schema"] = relation.schema;
    entry["table"] = relation.name;
    entry["rows"] = relation.estimated_rows;
    entry["stripes"] = relation.stripes;
    entry["by_position"] = relation.order == Order::physical;
    list.push_back(std::move(entry));
  }
  return list.dump();
}

std::vector<KeyColumn> key_columns(const std::vector<std::string>& names, const std::vector<std::string>& types) {
  std::vector<KeyColumn> key;
  for (std::size_t i = 0; i < std::min(names.size(), types.size()); ++i) key.push_back({names[i], types[i]});
  return key;
}

}  // namespace

JobState state_in(const postgres::Row& row) {
  const std::optional<JobState> state = job_state_of(row.text("state"));
  if (!state) throw std::runtime_error("the ledger has a job in the unknown state \"" + row.string("state") + "\"");
  return *state;
}

Task<std::optional<JobRecord>> find_job(postgres::Session& session, std::string name) {
  Parameters parameters{name};
  const Rows rows = co_await session.query(sql::ledger_find_job, std::move(parameters));
  if (rows.empty()) co_return std::nullopt;
  const postgres::Row row = rows.front();
  JobRecord job;
  job.name = std::move(name);
  job.id = row.integer("id");
  job.state = state_in(row);
  job.canonical = row.string("canonical");
  job.spec_yaml = row.string("spec_yaml");
  job.table_oid = static_cast<std::uint32_t>(row.integer("table_oid"));
  job.schema = row.string("table_schema");
  job.table = row.string("table_name");
  job.key = key_columns(row.array("key_columns"), row.array("key_types"));
  job.search_path = row.string("search_path");
  job.estimated_rows = row.integer("estimated_rows");
  job.present_oid = static_cast<std::uint32_t>(row.integer("present_oid"));
  job.changes = row.array("changes");
  job.key_changes = row.array("key_changes");
  job.servers = row.array("servers");
  if (!row.is_null("table_bytes")) job.table_bytes = row.integer("table_bytes");
  job.wal_used = row.integer("wal_used");
  job.stripes = static_cast<int>(row.integer("stripes"));
  job.settings = row.array("settings");
  job.by_position = row.boolean("by_position");
  job.by_leaf = row.boolean("by_leaf");
  job.one_at_a_time = row.string("one_at_a_time");
  job.has_inserted = row.boolean("has_inserted");
  job.has_detached = row.boolean("has_detached");
  job.kind = row.string("kind");
  job.limited = row.boolean("limited");
  co_return job;
}

Task<bool> register_job(postgres::Session& session, Registration job, const Plan& plan) {
  std::vector<std::string> names;
  std::vector<std::string> types;
  for (const KeyColumn& column : plan.key.columns) {
    names.push_back(column.name);
    types.push_back(column.type);
  }
  Parameters parameters{job.name,
                        job.spec_yaml,
                        job.canonical,
                        std::to_string(plan.table.oid),
                        plan.table.schema,
                        plan.table.name,
                        postgres::array_literal(names),
                        postgres::array_literal(types),
                        plan.table.search_path,
                        std::to_string(plan.table.estimated_rows),
                        relations_as_json(plan.relations),
                        ranges_as_json(plan.ranges),
                        job.server,
                        postgres::array_literal(plan.table.settings),
                        plan.by_leaf ? "true" : "false",
                        std::nullopt,
                        plan.one_at_a_time,
                        job.kind,
                        std::nullopt};
  if (job.columns) parameters[15] = postgres::array_literal(*job.columns);
  if (job.allowance) parameters.back() = std::to_string(*job.allowance);
  const Rows rows = co_await session.query(sql::ledger_register_job, std::move(parameters));
  co_return !rows.empty();
}

Task<void> update_spec(postgres::Session& session, std::int64_t job_id, std::string spec_yaml) {
  Parameters parameters{std::to_string(job_id), std::move(spec_yaml)};
  co_await session.query(sql::ledger_update_spec, std::move(parameters));
}

Task<std::optional<std::string>> job_spec(postgres::Session& session, std::string name) {
  Parameters parameters{std::move(name)};
  const Rows rows = co_await session.query(sql::ledger_spec, std::move(parameters));
  if (rows.empty()) co_return std::nullopt;
  co_return rows.front().string("spec_yaml");
}

Task<void> run_in_turn(postgres::Session& session, std::int64_t job_id, std::string one_at_a_time) {
  Parameters parameters{std::to_string(job_id), std::move(one_at_a_time)};
  co_await session.query(sql::ledger_run_in_turn, std::move(parameters));
}

Task<void> forget_job(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  co_await session.query(sql::ledger_forget_job, std::move(parameters));
}

Task<std::optional<Adopted>> adopt_job(postgres::Session& session, std::string name, std::string server) {
  Parameters parameters{std::move(name), std::move(server)};
  const Rows rows = co_await session.query(sql::ledger_adopt_job, std::move(parameters));
  if (rows.empty()) co_return std::nullopt;
  Adopted adopted{rows.front().array("changes"), rows.front().boolean("server_is_new")};
  co_return adopted;
}

Task<std::optional<Key>> job_bound(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  const Rows rows = co_await session.query(sql::ledger_job_bound, std::move(parameters));
  if (rows.empty() || rows.front().is_null("upper_key")) co_return std::nullopt;
  co_return rows.front().array("upper_key");
}

Task<bool> done_rows_meet(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  const Rows rows = co_await session.query(sql::ledger_done_rows_meet, std::move(parameters));
  co_return rows.empty() || rows.front().boolean("done_rows_meet");
}

Task<bool> all_done(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  const Rows rows = co_await session.query(sql::ledger_all_done, std::move(parameters));
  co_return !rows.empty() && rows.front().boolean("all_done");
}

Task<void> forget_changes(postgres::Session& session) {
  constexpr std::int64_t at_once = 100'000;
  for (std::int64_t forgotten = at_once; forgotten == at_once;) {
    Parameters most{std::to_string(at_once)};
    const Rows rows = co_await session.query(sql::ledger_forget_changes, std::move(most));
    forgotten = rows.front().integer("forgotten");
  }
}

Task<std::optional<std::chrono::milliseconds>> finish_job(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  postgres::Pins pins;
  pins.durability = postgres::Durability::configured;
  postgres::Command command{sql::ledger_finish_job, std::move(parameters)};
  const Rows rows = co_await postgres::transact(session, std::move(pins), std::move(command));
  if (rows.empty()) co_return std::nullopt;
  co_return std::chrono::milliseconds(rows.front().integer("took"));
}

}  // namespace pgfill::ledger
