#include "run/open_job.h"

#include <algorithm>

#include "control/steering.h"
#include "kinds/kind.h"
#include "ledger/partition.h"
#include "ledger/range.h"
#include "ledger/runner.h"
#include "ledger/schema.h"
#include "ledger/server.h"
#include "plan/collation_versions.h"
#include "plan/count_rows.h"
#include "plan/make_plan.h"
#include "plan/may_insert.h"
#include "plan/read_effects.h"
#include "spec/columns_used.h"
#include "spec/default_value.h"
#include "spec/live_settings.h"
#include "spec/spec_difference.h"
#include "spec/time_bound.h"

namespace pgfill::run {
namespace {

using async::Task;
using ledger::JobRecord;

Error refusal_of(const Plan& plan, const Finding& finding) {
  Error error;
  error.code = finding.code;
  error.message = finding.text;
  error.state =
      "nothing changed" + (plan.table.oid == 0 ? std::string() : " in " + plan.table.schema + "." + plan.table.name);
  error.hint = finding.remedy;
  return error;
}

Error changed_spec(const JobRecord& record, const std::vector<spec::FieldDifference>& differences) {
  const std::string& job = record.name;
  Error error;
  error.code = ErrorCode::spec_changed;
  error.message = "job " + job + " is registered in this database with another spec";
  if (!differences.empty()) error.message += ':';
  for (const auto& difference : differences) error.message += "\n  " + spec::described(difference);
  error.state = "nothing changed";
  error.hint = (record.state == JobState::done ? "the registered job is done"
                                               : "to finish the registered job: pgfill run " + job) +
               "\nto drop its progress and run this spec from the start: the same command with --again\n"
               "to run both: give this one another name (job: in the spec, --job NAME for a statement)";
  return error;
}

/// Nothing when the spec describes the registered job. The spec decides, not the form the ledger keeps of it: that one
/// may be an older pgfill's.
std::optional<Error> check_same_job(const JobRecord& job, const JobSpec& spec) {
  if (job.canonical == canonical_form(spec)) return std::nullopt;
  const Result<JobSpec> registered = parse_spec(job.spec_yaml, "spec of job " + job.name);
  if (!registered) return changed_spec(job, {});
  const auto differences = spec::differences(*registered, spec);
  if (differences.empty()) return std::nullopt;
  return changed_spec(job, differences);
}

Error changed_table(const JobRecord& job) {
  Error error;
  error.code = ErrorCode::table_changed;
  error.message = "table " + job.schema + "." + job.table +
                  (job.present_oid == 0 ? " is gone" : " is not the table that job " + job.name + " was planned for") +
                  " (oid " + std::to_string(job.table_oid) + ", now " + std::to_string(job.present_oid) + ")";
  error.state = "nothing changed";
  error.hint =
      job.present_oid == 0
          ? "give the table its name back, then run it again"
          : "if the job is to go on with the table that has the name now (its rows were copied, say): pgfill adopt " +
                job.name + "\nif it is to fill that table from the start: the same command with --again";
  return error;
}

Error changed_columns(const JobRecord& job) {
  Error error;
  error.code = ErrorCode::table_changed;
  error.message = "table " + job.schema + "." + job.table + " has changed since job " + job.name + " was planned";
  for (const auto* changes : {&job.changes, &job.key_changes}) {
    for (const std::string& change : *changes) error.message += "\n  " + change;
  }
  error.state = "nothing changed by this call; what was committed before stays";
  error.hint = "if the job is right for the table as it is now: pgfill adopt " + job.name + ", then run it again";
  if (job.changes.empty()) error.hint = "create that index again, then run it again";
  return error;
}

Error copied(const JobRecord& job, const std::string& server) {
  Error error;
  error.code = ErrorCode::database_copied;
  error.message =
      "job " + job.name + " was registered on another server (" + job.servers.back() + "); this one is " + server;
  error.state = "nothing changed: a copy of a database brings the ledger of the original with it";
  error.hint =
      "if this is the database the job is meant for (after a failover, or under another address): pgfill adopt " +
      job.name;
  return error;
}

/// The spec with what DEFAULT, or the time in the condition of a deletion, stood for when the job was registered.
Result<JobSpec> as_registered(JobSpec spec, const JobRecord& job) {
  const bool has_bound = kinds::kind_of(spec).fixes_time() && spec::reads_time(spec.where);
  if (!has_bound && spec::columns_set_to_default(spec).empty()) return spec;
  const Result<JobSpec> registered = parse_spec(job.spec_yaml, "spec of job " + job.name);
  if (!registered) return registered.error();
  if (has_bound) spec.where = registered->where;
  return spec::with_defaults(std::move(spec), registered->set());
}

/// What keeps a registered job from going on here and now, if anything.
std::optional<Error> obstacle(const JobRecord& job, const std::string& server) {
  if (job.state == JobState::done) return std::nullopt;
  if (std::find(job.servers.begin(), job.servers.end(), server) == job.servers.end()) return copied(job, server);
  if (job.present_oid != job.table_oid) return changed_table(job);
  if (!job.changes.empty() || !job.key_changes.empty()) return changed_columns(job);
  return std::nullopt;
}

Error runs_now(const ledger::PresentRunner& runner, const std::string& job) {
  Error error;
  error.code = ErrorCode::job_owned;
  error.message =
      "job " + job + " cannot start again while pid " + std::to_string(runner.pid) + " on " + runner.host + " runs it";
  error.hint = "stop that runner first";
  return error;
}

/// The ledger would forget whose it is.
Error half_way(const JobRecord& job, const ledger::DetachedPartition& partition) {
  Error error;
  error.code = ErrorCode::partition_detached;
  error.message = "job " + job.name + " has begun to detach partition " + partition.name + " of " + partition.parent +
                  ", to drop it";
  error.state = "nothing changed by this call";
  error.hint = "let the job go on, which drops it or attaches it again: pgfill run " + job.name;
  return error;
}

/// More rows match than the job may take away. Empty: fewer, or it may take any number.
Task<std::optional<Error>> more_than_allowed(postgres::Session& session, JobSpec spec, TableFacts table) {
  const std::optional<std::int64_t> allowed = kinds::kind_of(spec).at_most(spec);
  if (!allowed) co_return std::nullopt;
  const std::int64_t most = *allowed;
  const std::string name = table.schema + "." + table.name;
  const std::int64_t rows = co_await plan::count_rows(session, std::move(spec), std::move(table));
  if (rows <= most) co_return std::nullopt;
  Error error;
  error.code = ErrorCode::too_many_rows;
  error.message =
      std::to_string(rows) + " rows of " + name + " match, more than at_most (" + std::to_string(most) + ")";
  error.state = "nothing changed";
  error.hint = "see whether the condition means these rows; if it does, raise at_most";
  co_return error;
}

/// The first to register the name wins; the caller looks at what is there then.
Task<std::optional<Error>> register_plan(postgres::Session& session, const JobSpec& spec, std::string server,
                                         const Plan& plan, OpenedJob& opened) {
  if (const Finding* refusal = first_refusal(plan)) co_return refusal_of(plan, *refusal);
  // Another run goes by what DEFAULT and now() are now; the job is the same however it was written.
  JobSpec settled = spec::with_defaults(spec, plan.defaults);
  if (!plan.time.empty()) settled = spec::at_time(std::move(settled), plan.time);
  const std::optional<Error> too_many = co_await more_than_allowed(session, settled, plan.table);
  if (too_many) co_return *too_many;
  ledger::Registration registration{spec.job, to_yaml(settled), canonical_form(spec), std::move(server), {}};
  registration.kind = name_of(spec.kind);
  registration.allowance = kinds::kind_of(spec).at_most(spec);
  if (std::optional<std::set<std::string>> used = spec::columns_used(spec)) {
    for (const KeyColumn& column : plan.key.columns) used->insert(column.name);
    registration.columns.emplace(used->begin(), used->end());
  }
  const bool registered = co_await ledger::register_job(session, std::move(registration), plan);
  if (registered) opened.planned_ranges = static_cast<std::int64_t>(plan.ranges.size());
  opened.may_insert = plan.may_insert;
  opened.reads_by_function = plan.reads_by_function;
  co_return std::nullopt;
}

/// Plans, unless that has just been done, and registers.
Task<std::optional<Error>> register_job(postgres::Session& session, const JobSpec& spec, std::string server,
                                        const std::optional<Plan>& planned, OpenedJob& opened) {
  if (planned) co_return co_await register_plan(session, spec, std::move(server), *planned, opened);
  const Result<Plan> plan = co_await plan::make_plan(session, spec);
  if (!plan) co_return plan.error();
  co_return co_await register_plan(session, spec, std::move(server), *plan, opened);
}

/// What the key was planned under must still hold when the job goes on. Null when it does.
Task<std::optional<Error>> changed_collation(postgres::Session& session, JobRecord job) {
  const std::vector<plan::CollationFact> collations = co_await plan::read_collations(session, job.table_oid);
  std::vector<std::string> columns;
  for (const KeyColumn& column : job.key) columns.push_back(column.name);
  co_return plan::changed_collation(collations, columns, job.schema + "." + job.table);
}

constexpr std::string_view planned_otherwise =
    "bring the former function or trigger back; or, to plan it anew and begin from the start: the same command with "
    "--again";

Error unsafe_now(const JobRecord& job, std::string message, std::string hint) {
  Error error;
  error.code = ErrorCode::expression_unsafe;
  error.message = std::move(message);
  error.state = "nothing changed by this call; what job " + job.name + " has committed before stays";
  error.hint = std::move(hint);
  return error;
}

/// Functions and triggers may have been replaced since the job was planned, or last ran: what they do now decides
/// whether its batches may run side by side.
Task<std::optional<Error>> judge_again(postgres::Session& session, OpenedJob& opened) {
  JobRecord& job = opened.record;
  JobSpec spec = opened.spec;
  spec.schema = job.schema;
  spec.table = job.table;
  const std::optional<plan::Effects> effects = co_await plan::effects_now(session, spec, job.search_path);
  if (!effects) co_return std::nullopt;
  opened.reads_by_function = !effects->reads_in_snapshot.empty();
  // Rows that the function of before has inserted are no work under another one either.
  const bool may_insert = co_await plan::may_insert_into_target(session, job.table_oid, *effects);
  opened.may_insert = may_insert || job.has_inserted;
  if (!effects->stale_reads.empty()) {
    co_return unsafe_now(job, plan::stale_read(effects->stale_reads.front(), job.schema + "." + job.table),
                         "bring the former function back, or compute the values into another table first");
  }
  job.one_at_a_time = effects->one_at_a_time();
  if (job.by_leaf && opened.may_insert) {
    co_return unsafe_now(job,
                         "triggers or functions may insert rows into the table now, and job " + job.name +
                             " goes over each partition by itself; it was planned otherwise",
                         std::string(planned_otherwise));
  }
  const bool in_another_order = job.stripes > 1 || job.by_position || job.by_leaf;
  if (job.one_at_a_time.empty() || !in_another_order) co_return std::nullopt;
  co_return unsafe_now(job,
                       "batches of job " + job.name +
                           " would have to run one after the other, in the order of their keys, now: " +
                           job.one_at_a_time + "; it was planned otherwise",
                       std::string(planned_otherwise));
}

}  // namespace

Task<std::optional<Error>> obstacle_in_ledger(postgres::Session& session, JobSpec spec) {
  const Result<int> schema = co_await ledger::find_schema(session);
  if (!schema) co_return schema.error();
  if (*schema != ledger::schema_version) co_return std::nullopt;  // a run installs it
  const auto found = co_await ledger::find_job(session, spec.job);
  if (!found) co_return std::nullopt;
  if (auto changed = check_same_job(*found, spec)) co_return changed;
  const ledger::Server server = co_await ledger::read_server(session);
  if (auto error = obstacle(*found, server.identity())) co_return error;
  if (found->state == JobState::done) co_return std::nullopt;
  const ledger::Request request = co_await ledger::read_request(session, found->id);
  co_return control::forbidden(request, spec.job);
}

Task<Result<OpenedJob>> open_job(postgres::Session& session, JobSpec spec, std::string server, bool again,
                                 const std::optional<Plan>& plan) {
  const Result<int> schema = co_await ledger::ensure_schema(session, spec::live_fields());
  if (!schema) co_return schema.error();
  OpenedJob opened;
  auto found = co_await ledger::find_job(session, spec.job);
  if (found && again) {
    const auto runner = co_await ledger::present_runner(session, found->id);
    if (runner && !runner->dead()) co_return runs_now(*runner, spec.job);
    const std::vector<ledger::DetachedPartition> detached = co_await ledger::detached_partitions(session, found->id);
    if (!detached.empty()) co_return half_way(*found, detached.front());
    co_await ledger::forget_job(session, found->id);
    found.reset();
  }
  if (!found) {
    const std::optional<Error> refused = co_await register_job(session, spec, server, plan, opened);
    if (refused) co_return *refused;
    found = co_await ledger::find_job(session, spec.job);
  }
  if (const auto changed = check_same_job(*found, spec)) co_return *changed;
  if (const auto error = obstacle(*found, server)) co_return *error;
  Result<JobSpec> settled = as_registered(std::move(spec), *found);
  if (!settled) co_return settled.error();
  opened.spec = std::move(*settled);
  opened.record = *found;
  opened.one_at_a_time_before = found->one_at_a_time;
  if (found->state == JobState::done) co_return opened;
  if (opened.planned_ranges == 0) {
    const std::optional<Error> changed = co_await changed_collation(session, *found);
    if (changed) co_return *changed;
    const std::optional<Error> unsafe = co_await judge_again(session, opened);
    if (unsafe) co_return *unsafe;
  }
  co_return opened;
}

}  // namespace pgfill::run
