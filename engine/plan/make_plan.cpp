#include "plan/make_plan.h"

#include "ledger/row_statements.h"
#include "plan/checks/checks.h"
#include "plan/choose_key.h"
#include "plan/estimate.h"
#include "plan/explain.h"
#include "plan/leaf_way.h"
#include "plan/ordering.h"
#include "plan/plan_leaves.h"
#include "plan/plan_table.h"
#include "plan/prove_joined.h"
#include "plan/read_deletion.h"
#include "plan/read_effects.h"
#include "plan/read_facts.h"
#include "plan/sample.h"
#include "plan/striping.h"
#include "postgres/failure.h"
#include "postgres/transaction.h"
#include "spec/default_value.h"
#include "spec/time_bound.h"

namespace pgfill::plan {
namespace {

using async::Task;
using namespace std::chrono_literals;

/// A plan on its way: what is known so far and what was found.
struct Draft {
  Subject subject;
  Plan plan;
  std::optional<SampleOrder> sample;  ///< what may be tried when everything is read
  std::size_t shown = 0;              ///< the relation that is tried

  template <class Checks>
  void run(const Checks& checks) {
    for (const Check check : checks) check(subject, plan.findings);
  }
  bool refused() const { return first_refusal(plan) != nullptr; }
};

Task<Error> no_such_table(postgres::Session& session, JobSpec spec) {
  const std::vector<std::string> similar = co_await similar_tables(session, spec.table);
  Error error;
  error.code = ErrorCode::no_such_table;
  const std::string name =
      spec.schema.empty() ? readable(spec.table) : readable(spec.schema) + "." + readable(spec.table);
  error.message = "table " + name + " does not exist in database " + session.database() + " or is not visible";
  error.hint = similar.empty() ? "check the database, the schema and the search_path of the connection"
                               : "did you mean " + joined(similar, " or ") + "?";
  co_return error;
}

void decide_key(Subject& subject) {
  const Result<KeyChoice> key = choose_key(subject.spec, subject.facts);
  if (key) {
    subject.key = *key;
  } else {
    subject.key_refusal = key.error();
  }
}

/// Decides in which order and how many passes. Then another statement may do the work: it is explained, too.
Task<void> decide_walk(postgres::Session& session, Draft& draft, sql::Target& target) {
  const Subject& subject = draft.subject;
  Ordering ordering = decide_order(subject.spec, subject.facts, *subject.key);
  StatementFacts statement = subject.statement;
  for (;;) {
    const Walk walk{ordering.order, subject.statement.matching_share};
    const Striping striping = decide_striping(subject.spec, subject.facts, *subject.key, walk);
    draft.plan.stripes = striping.stripes;
    draft.plan.stripes_reason = striping.reason;
    kinds::TargetFacts facts = target_facts(subject);
    facts.stripes = striping.stripes;
    facts.by_position = ordering.order == Order::physical;
    target = kinds::target_of(subject.spec, facts);
    if (target.by_position || target.stripes > 1)
      statement = co_await explain_batch(session, target, subject.facts.table.settings);
    if (!target.by_position || is_position(*subject.key) || statement.rejection || scans_positions(statement, subject))
      break;
    ordering = {Order::key, "the server would not read a batch by position"};
    statement = subject.statement;
  }
  draft.plan.order = ordering.order;
  draft.plan.order_reason = ordering.reason;
  statement.matching_share = subject.statement.matching_share;
  draft.subject.statement = std::move(statement);
}

/// From here on the plan is about what DEFAULT stands for.
Task<void> settle_defaults(postgres::Session& session, Draft& draft) {
  Subject& subject = draft.subject;
  std::vector<std::string> columns = spec::columns_set_to_default(subject.spec);
  if (columns.empty()) co_return;
  subject.facts.defaults = co_await read_defaults(session, subject.facts.table.oid, std::move(columns));
  for (const DefaultFact& fact : subject.facts.defaults) draft.plan.defaults.push_back({fact.column, fact.text});
  subject.spec = spec::with_defaults(std::move(subject.spec), draft.plan.defaults);
}

/// The bound that now() and its kin in the condition make is that of the time it is planned.
Task<void> settle_time(postgres::Session& session, Draft& draft) {
  JobSpec& spec = draft.subject.spec;
  if (!spec::reads_time(spec.where)) co_return;
  draft.plan.time = co_await read_time(session);
  spec = spec::at_time(std::move(spec), draft.plan.time);
}

/// What only some kinds of jobs meet: a bound of time, and, where rows go, the tables that refer to them.
Task<void> read_kind(postgres::Session& session, Draft& draft) {
  Subject& subject = draft.subject;
  if (kinds::kind_of(subject.spec).fixes_time()) co_await settle_time(session, draft);
  if (!kinds::removes_rows(subject.spec)) co_return;
  subject.facts.referrers = co_await read_referrers(session, subject.facts.table.oid);
}

/// Decides what may be tried of the job.
Task<void> prepare_sample(postgres::Session& session, Draft& draft, sql::Target target) {
  const Subject& subject = draft.subject;
  if (subject.statement.empty_table || subject.statement.rejection) co_return;
  SampleOrder order;
  order.target = std::move(target);
  order.target.stripes = 1;
  order.search_path = subject.facts.table.search_path;
  order.settings = subject.facts.table.settings;
  std::vector<PlannedRange> ranges;
  for (const PlannedRange& range : draft.plan.ranges)
    if (range.relation == draft.shown) ranges.push_back(range);
  order.starts = starts_of(ranges);
  order.rows = rows_to_try(subject.facts.table);
  order.effects = co_await find_effects(session, subject.spec, subject.facts, subject.statement.expressions);
  draft.sample = std::move(order);
}

/// Tries what may be tried, estimates, and judges what this says. Outside of the transaction that read the facts.
Task<void> estimate(postgres::Session& session, Draft& draft, Sampling sampling) {
  Subject& subject = draft.subject;
  Sample sample;
  if (sampling == Sampling::on && draft.sample) sample = co_await take_sample(session, std::move(*draft.sample));
  const Route route{draft.plan.order, draft.plan.stripes, subject.key->columns.front().name,
                    draft.plan.relations.size()};
  subject.estimate = estimate_cost(subject.spec, subject.facts, subject.statement, sample, route);
  draft.plan.estimate = subject.estimate;
  draft.run(statement_checks);
}

/// One relation, the table. Answers the target of its batches.
Task<sql::Target> plan_as_one(postgres::Session& session, Draft& draft, sql::Target target) {
  Subject& subject = draft.subject;
  Plan& plan = draft.plan;
  subject.statement = co_await explain_batch(session, target, subject.facts.table.settings);
  if (!columns_without_statistics(subject.facts, subject.spec.where).empty()) subject.statement.matching_share = 1;
  if (subject.statement.rejection) co_return target;
  co_await decide_walk(session, draft, target);
  plan.ranges = co_await make_ranges(session, subject, plan.order, plan.stripes);
  const TableFacts& table = subject.facts.table;
  plan.relations.push_back({table.oid, table.schema, table.name, table.estimated_rows, plan.order, plan.stripes});
  co_return target;
}

/// Each leaf partition is a relation. Answers the target of batches of the largest; the plan is about that one where it
/// can be about one only. Where the server does not take the statement for a leaf, the table is named.
Task<sql::Target> plan_by_leaf(postgres::Session& session, Draft& draft, sql::Target table) {
  Subject& subject = draft.subject;
  Plan& plan = draft.plan;
  LeafWalk walk = co_await walk_leaves(session, subject, table);
  if (walk.statement.rejection) {
    // A judgement ends the transaction.
    co_await end_reading(session);
    co_await begin_reading(session, subject.facts.table.search_path);
    subject.by_leaf = false;
    subject.whole_because =
        "the server does not take the statement for a partition: " + walk.statement.rejection->message;
    co_return table;
  }
  subject.statement = std::move(walk.statement);
  plan.ranges = co_await ranges_of_leaves(session, subject, std::move(table), walk.leaves);
  const PlannedLeaf& shown = walk.leaves[walk.largest];
  plan.by_leaf = true;
  plan.order = shown.relation.order;
  plan.order_reason = shown.order_reason;
  plan.stripes = shown.relation.stripes;
  plan.stripes_reason = shown.stripes_reason;
  draft.shown = walk.largest;
  for (PlannedLeaf& leaf : walk.leaves) plan.relations.push_back(std::move(leaf.relation));
  co_return walk.target;
}

/// The statement of a batch and how the server would carry it out. Explained without the condition for rows that the
/// job inserts itself, which reads a ledger that may not be there yet.
void show_batch(Draft& draft, sql::Target target) {
  target.may_insert = draft.plan.may_insert;
  draft.plan.batch_sql = ledger::batch_change(target, sql::Sides{true, true}).text;
  draft.plan.explain = draft.subject.statement.text;
}

/// Fills what the facts say; the steps of planning in order. Stops at the first list of checks that refuses.
Task<std::optional<Error>> fill(postgres::Session& session, Draft& draft, Sampling sampling) {
  Subject& subject = draft.subject;
  Plan& plan = draft.plan;
  draft.run(first_checks);
  if (draft.refused()) co_return std::nullopt;

  std::optional<Facts> facts =
      co_await read_facts(session, subject.spec.schema, subject.spec.table, kinds::kind_of(subject.spec).event());
  if (!facts) co_return co_await no_such_table(session, subject.spec);
  facts->table.search_path = subject.facts.table.search_path;
  facts->table.settings = subject.facts.table.settings;
  facts->plain_backslashes = subject.facts.plain_backslashes;
  subject.facts = std::move(*facts);
  plan.table = subject.facts.table;
  co_await settle_defaults(session, draft);
  co_await read_kind(session, draft);
  Effects effects = co_await read_effects(session, subject.spec, subject.facts, subject.facts.table.search_path);
  plan.one_at_a_time = effects.one_at_a_time();
  plan.may_insert = effects.may_insert_into_target() && subject.facts.access.may_read_xmin;
  plan.reads_by_function = !effects.reads_in_snapshot.empty();
  subject.facts.effects = std::move(effects);

  decide_key(subject);
  if (subject.key) plan.key = *subject.key;
  draft.run(catalogue_checks);
  if (draft.refused()) co_return std::nullopt;
  subject.whole_because = whole_table_because(subject.spec, subject.facts, *subject.key);
  subject.by_leaf = !subject.facts.leaves.empty() && subject.whole_because.empty();
  sql::Target target = target_of(subject);
  if (subject.by_leaf) target = co_await plan_by_leaf(session, draft, std::move(target));
  if (!subject.by_leaf) target = co_await plan_as_one(session, draft, std::move(target));
  co_await judge_join(session, subject.spec, subject.statement, target_of(subject), subject.facts);
  show_batch(draft, target);
  co_await read_partitions_of_deletion(session, subject.spec, subject.statement, target_of(subject), subject.facts);
  plan.dropped_partitions = dropped_partitions(subject.spec, subject.facts);
  plan.table = subject.facts.table;
  if (sampling == Sampling::on) co_await prepare_sample(session, draft, std::move(target));
  co_return std::nullopt;
}

Task<Result<Plan>> plan_in_transactions(postgres::Session& session, JobSpec spec, Sampling sampling) {
  Draft draft;
  draft.subject.spec = std::move(spec);
  const SessionFacts here = co_await read_session(session);
  draft.subject.facts.table.server_version = session.server_version();
  draft.subject.facts.table.search_path = here.search_path;
  draft.subject.facts.table.settings = here.settings;
  draft.subject.facts.in_recovery = here.in_recovery;
  draft.subject.facts.read_only = here.read_only;
  draft.subject.facts.pooled = here.pooled;
  draft.subject.facts.plain_backslashes = here.plain_backslashes;
  draft.subject.facts.too_few_sessions = here.too_few;
  draft.plan.table = draft.subject.facts.table;
  co_await begin_reading(session, here.search_path);
  const std::optional<Error> error = co_await fill(session, draft, sampling);
  co_await end_reading(session);
  if (error) co_return *error;
  if (!draft.refused()) co_await estimate(session, draft, sampling);
  co_return std::move(draft.plan);
}

/// A lock taken after blocking_locks has looked, or on an index: the same refusal, without a name.
Error as_error(const postgres::Failure& failure) {
  Error error = postgres::to_error(failure, "planning");
  if (failure.condition() == postgres::Condition::lock_not_available) {
    error.code = ErrorCode::blocked_at_start;
    error.hint = "another session holds a lock on the table or one of its indexes; plan again when it is gone";
  }
  if (failure.condition() == postgres::Condition::character_not_in_repertoire) {
    error.code = ErrorCode::no_usable_key;
    error.message = "keys of the table cannot be written as UTF-8: " + std::string(failure.what());
    error.hint =
        "correct these bytes (the database does not check them: its encoding is SQL_ASCII), or name another key";
  }
  return error;
}

}  // namespace

Task<Result<Plan>> make_plan(postgres::Session& session, JobSpec spec, Sampling sampling) {
  try {
    co_return co_await plan_in_transactions(session, std::move(spec), sampling);
  } catch (const postgres::Failure& failure) {
    co_return as_error(failure);
  }
}

}  // namespace pgfill::plan
