#include "run/job_work_of.h"

#include <algorithm>

#include "plan/ordering.h"
#include "spec/columns_used.h"
#include "spec/condition.h"
#include "sql/identifier.h"
#include "sql/key_text.h"
#include "work/sweep.h"

namespace pgfill::run {
namespace {

/// However short the server's deadlock_timeout is: a batch must be able to do something.
constexpr std::chrono::milliseconds shortest_direct_patience{50};

/// In physical order the sweep is for rows that were there before, too: pieces in the order of their keys would read
/// such a table at random.
constexpr std::chrono::minutes sweep_patience_by_heap{10};
/// Without a key there are no pieces: only one snapshot has each row once, as CREATE INDEX CONCURRENTLY takes it.
constexpr std::chrono::hours sweep_patience_without_key{24};

sql::Target target_of(const ledger::JobRecord& job, const JobSpec& spec) {
  sql::Target target;
  target.schema = job.schema;
  target.table = job.table;
  target.alias = spec.alias;
  for (const KeyColumn& column : job.key) target.key.emplace_back(column.name, column.type);
  for (const Assignment& assignment : spec.set) target.set.emplace_back(assignment.column, assignment.expression);
  target.where = job.by_position ? spec::heap_condition(spec) : spec.where;
  target.stripes = job.stripes;
  target.by_position = job.by_position;
  target.oid = job.table_oid;
  return target;
}

void leave_out_unused(ledger::TableNames& table, const ledger::JobRecord& job, const JobSpec& spec) {
  std::optional<std::set<std::string>> used = spec::columns_used(spec);
  if (!used) return;
  for (const KeyColumn& column : job.key) used->insert(column.name);
  ledger::TableNames left{table.oid, table.name, {}, {}, table.plain};
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (!used->contains(table.columns[i])) continue;
    left.columns.push_back(table.columns[i]);
    left.numbers.push_back(table.numbers[i]);
  }
  table = std::move(left);
}

/// What the record and the spec say of the work; the rest is measured.
void take_what_is_known(const OpenedJob& opened, const sql::Target& target, const std::vector<std::string>& generated,
                        work::JobWork& work) {
  const ledger::JobRecord& job = opened.record;
  const JobSpec& spec = opened.spec;
  for (const KeyColumn& column : job.key) work.key_columns.push_back(column.name);
  work.by_position = job.by_position;
  if (job.by_position) work.sweep_patience = sweep_patience_by_heap;
  if (work::is_keyless(work)) work.sweep_patience = sweep_patience_without_key;
  work.conditional = !spec.where.empty();
  work.condition_may_tell = spec::condition_may_tell(spec, generated);
  work.reads_other_rows = target.reads_other_rows;
  work.fills_nulls = spec::fills_nulls(spec);
  work.one_at_a_time = !job.one_at_a_time.empty();
  work.asks_again = target.asks_again;
  work.may_insert = target.may_insert;
  work.search_path = job.search_path;
  work.settings = sql::readable_settings(job.settings, target.key);
  work.key_has_one_text = sql::has_one_text(target.key);
  work.limits = spec.batch;
  work.bad_rows = spec.bad_rows;
  work.estimated_rows = job.estimated_rows;
  work.stripes = job.stripes;
}

}  // namespace

async::Task<work::JobWork> work_of(postgres::Session& session, const OpenedJob& opened, const ledger::Server& server) {
  const ledger::JobRecord& job = opened.record;
  const JobSpec& spec = opened.spec;
  sql::Target target = target_of(job, spec);
  std::vector<std::string> changed;
  for (const Assignment& assignment : spec.set) changed.push_back(assignment.column);
  target.sets_unique_key = co_await work::changes_unique_key(session, job.table_oid, changed);
  ledger::TableNames table =
      co_await work::table_names(session, job.table_oid, sql::quote_qualified(job.schema, job.table));
  leave_out_unused(table, job, spec);
  target.only = table.plain;
  const std::vector<std::string> generated = co_await work::generated_columns(session, job.table_oid);
  target.asks_again = spec::asks_done_rows(spec, generated);
  target.reads_other_rows = spec::reads_other_rows(spec) || opened.reads_by_function;
  target.may_insert = opened.may_insert;
  work::JobWork work{job.id, spec.job, std::move(table), work::JobStatements(target)};
  take_what_is_known(opened, target, generated, work);
  co_await work::measure_rows(session, work, std::move(changed));
  if (!job.by_position && job.stripes == 1 && job.key.size() == 1) {
    const std::optional<double> correlation =
        co_await work::correlation_of(session, job.table_oid, job.key.front().name);
    if (correlation && !plan::lies_in_order(*correlation)) work.scattered_key = job.key.front().type;
  }
  work.direct_patience = std::max(shortest_direct_patience, server.deadlock_timeout * 6 / 10);
  co_return work;
}

}  // namespace pgfill::run
