#include "run/job_work_of.h"

#include <algorithm>

#include "kinds/kind.h"
#include "plan/ordering.h"
#include "plan/read_deletion.h"
#include "spec/columns_used.h"
#include "sql/identifier.h"
#include "sql/key_text.h"
#include "work/sweep.h"

namespace pgfill::run {

using async::Task;

namespace {

/// However short the server's deadlock_timeout is: a batch must be able to do something.
constexpr std::chrono::milliseconds shortest_direct_patience{50};

/// In physical order the sweep is for rows that were there before, too: pieces in the order of their keys would read
/// such a table at random.
constexpr std::chrono::minutes sweep_patience_by_position{10};
/// Without a key there are no pieces: only one snapshot has each row once, as CREATE INDEX CONCURRENTLY takes it.
constexpr std::chrono::hours sweep_patience_without_key{24};

/// What the server says of the table now, beside the record.
Task<kinds::TargetFacts> target_facts(postgres::Session& session, const OpenedJob& opened, bool plain) {
  const ledger::JobRecord& job = opened.record;
  const kinds::Kind& kind = kinds::kind_of(opened.spec);
  kinds::TargetFacts facts;
  facts.schema = job.schema;
  facts.table = job.table;
  facts.oid = job.table_oid;
  facts.key = job.key;
  facts.plain = plain;
  facts.relation = job.by_leaf ? 0 : 1;
  facts.by_position = job.by_position;
  if (!job.by_leaf) facts.stripes = job.stripes;
  facts.reads_by_function = opened.reads_by_function;
  facts.may_insert = opened.may_insert;
  facts.generated = co_await work::generated_columns(session, job.table_oid);
  std::vector<std::string> written = kind.columns_written(opened.spec);
  if (!written.empty())
    facts.sets_unique_key = co_await work::changes_unique_key(session, job.table_oid, std::move(written));
  if (kind.event() == kinds::RowEvent::remove)
    facts.may_keep = co_await work::has_keeping_trigger(session, job.table_oid);
  if (kind.skips_referenced(opened.spec)) {
    const std::vector<plan::ReferrerFact> referrers = co_await plan::read_referrers(session, job.table_oid);
    facts.references = plan::references_of(referrers);
  }
  co_return facts;
}

void leave_out_unused(ledger::TableNames& table, const std::vector<KeyColumn>& key, const JobSpec& spec) {
  std::optional<std::set<std::string>> used = spec::columns_used(spec);
  if (!used) return;
  for (const KeyColumn& column : key) used->insert(column.name);
  ledger::TableNames left{table.oid, table.name, {}, {}, table.plain, table.leaf_of};
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
  work.relation_id = target.relation;
  work.by_position = job.by_position;
  if (job.by_position) work.sweep_patience = sweep_patience_by_position;
  if (work::is_keyless(work)) work.sweep_patience = sweep_patience_without_key;
  const kinds::Kind& kind = kinds::kind_of(spec);
  const kinds::DoneRows done = kind.done_rows(spec, generated);
  work.conditional = kind.sweeps(spec);
  work.rows_stay = done.stay;
  work.condition_may_tell = done.condition_tells;
  work.reads_other_rows = target.reads_other_rows;
  work.fills_nulls = done.filled_once;
  work.may_keep = target.may_keep;
  work.limited = target.limited;
  work.one_at_a_time = !job.one_at_a_time.empty();
  work.asks_again = target.asks_again;
  work.may_insert = target.may_insert;
  work.search_path = job.search_path;
  work.settings = sql::readable_settings(job.settings, target.key);
  work.key_has_one_text = sql::has_one_text(target.key);
  work.limits = spec.batch;
  work.bad_rows = spec.bad_rows;
  work.estimated_rows = job.estimated_rows;
  work.stripes = target.stripes;
}

}  // namespace

Task<WholeTable> work_of(postgres::Session& session, const OpenedJob& opened, const ledger::Server& server) {
  const ledger::JobRecord& job = opened.record;
  const JobSpec& spec = opened.spec;
  ledger::TableNames table =
      co_await work::table_names(session, job.table_oid, sql::quote_qualified(job.schema, job.table));
  leave_out_unused(table, job.key, spec);
  kinds::TargetFacts facts = co_await target_facts(session, opened, table.plain);
  const sql::Target target = kinds::target_of(spec, facts);
  work::JobWork work{job.id, spec.job, std::move(table), work::JobStatements(target)};
  take_what_is_known(opened, target, facts.generated, work);
  std::vector<std::string> written = kinds::kind_of(spec).columns_written(spec);
  co_await work::measure_rows(session, work, std::move(written), job.estimated_rows);
  if (!job.by_position && job.stripes == 1 && job.key.size() == 1) {
    const std::optional<double> correlation =
        co_await work::correlation_of(session, job.table_oid, job.key.front().name);
    if (correlation && !plan::lies_in_order(*correlation)) work.scattered_key = job.key.front().type;
  }
  work.direct_patience = std::max(shortest_direct_patience, server.deadlock_timeout * 6 / 10);
  WholeTable whole{std::move(facts), std::move(work)};
  co_return whole;
}

Task<work::JobWork> work_of_leaf(postgres::Session& session, const JobSpec& spec, const WholeTable& whole,
                                 ledger::Relation leaf) {
  kinds::TargetFacts facts = whole.facts;
  facts.called = whole.facts.table;  // in the job's expressions
  facts.schema = leaf.schema;
  facts.table = leaf.table;
  facts.oid = leaf.oid;
  facts.relation = leaf.id;
  facts.plain = true;
  facts.by_position = leaf.by_position;
  facts.stripes = leaf.stripes;
  work::JobWork work = whole.work;
  work.statements = work::JobStatements(kinds::target_of(spec, facts));
  work.relation_id = leaf.id;
  work.table = {leaf.oid, sql::quote_qualified(leaf.schema, leaf.table), {}, {}, true, whole.facts.oid};
  work.by_position = leaf.by_position;
  work.stripes = leaf.stripes;
  work.scattered_key.clear();
  std::vector<std::string> written = kinds::kind_of(spec).columns_written(spec);
  const std::optional<double> correlation =
      co_await work::measure_leaf(session, work, std::move(written), leaf.estimated_rows, whole.facts.key.front().name);
  leave_out_unused(work.table, whole.facts.key, spec);
  const bool walks_keys = !leaf.by_position && leaf.stripes == 1 && whole.facts.key.size() == 1;
  if (walks_keys && correlation && !plan::lies_in_order(*correlation))
    work.scattered_key = whole.facts.key.front().type;
  co_return work;
}

}  // namespace pgfill::run
