#include "work/skipped_rows.h"

#include <algorithm>

#include "work/statements.h"

namespace pgfill::work {
namespace {

using async::Task;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

constexpr int rows_at_once = 200;
constexpr const char* deferred = "deferred";
constexpr const char* quarantined = "quarantined";

/// Of portions of listed rows, which lie anywhere in the table.
BatchLimits portion_limits(BatchLimits limits, int most) {
  limits.min_rows = 1;
  limits.max_rows = std::clamp(limits.max_rows, 1, most);
  return limits;
}

}  // namespace

SkippedRows::SkippedRows(const JobWork& job, WorkerHooks hooks, Refusals& refusals, std::function<void()> found_free)
    : job_(job),
      hooks_(std::move(hooks)),
      refusals_(refusals),
      found_free_(std::move(found_free)),
      sizer_(portion_limits(job.limits, rows_at_once), job.row_bytes) {}

Task<std::optional<std::int64_t>> SkippedRows::revisit_deferred(postgres::Session& session) {
  co_return co_await go_over(session, deferred, sizer_, rows_at_once);
}

Task<void> SkippedRows::try_quarantined(postgres::Session& session) {
  BatchSizer one_by_one(portion_limits(job_.limits, 1));
  co_await go_over(session, quarantined, one_by_one, 1);
}

Task<std::optional<std::int64_t>> SkippedRows::go_over(postgres::Session& session, std::string state, BatchSizer& sizer,
                                                       int most) {
  std::optional<Key> above;
  std::int64_t held = 0;
  bool patient = false;
  for (;;) {
    if (co_await hooks_.permit(0) == Permit::stop) co_return std::nullopt;
    const Aim aim = hooks_.aim();
    sizer.aim(portion_limits(aim.limits, most), aim.time, aim.row_time);
    const Portion portion{sizer.rows(), patient && sizer.rows() == 1};
    std::optional<postgres::Failure> failure;
    try {
      const Visit visited = co_await visit(session, state, above, portion);
      if (visited.seen == 0) co_return held;
      held += visited.held;
      above = visited.last;
      sizer.committed(visited.seen, visited.elapsed);
      continue;
    } catch (const postgres::Failure& thrown) {
      failure = thrown;
    }
    const FailureClass what = judge(*failure, state, above, portion);
    if (what == FailureClass::shrink && !failure->of_job) throw postgres::Failure(*failure);
    if (what == FailureClass::shrink && portion.rows == 1) {
      above = co_await blame(session, state, above, *failure);
    } else if (!take_less(what, portion, sizer)) {
      co_await give_up(session, state, above, *failure);
    }
    patient = patient || (what == FailureClass::slow && portion.rows == 1);
  }
}

/// A quarantined row has had its tries: once more is enough.
FailureClass SkippedRows::judge(const postgres::Failure& failure, const std::string& state,
                                const std::optional<Key>& above, Portion portion) {
  const bool retried = state == quarantined;
  const RowPlace place{retried ? -2 : -1, above, 0};
  const FailureClass what = refusals_.judge(failure, portion.rows, place, async::Clock::now());
  return retried && failure.by_function && what == FailureClass::retry ? FailureClass::shrink : what;
}

/// False: it cannot help. Far less at once when it was slow, since each try holds what it has locked for long.
bool SkippedRows::take_less(FailureClass what, Portion portion, BatchSizer& sizer) {
  const bool conflict = what == FailureClass::retry && job_.reads_other_rows && portion.rows > 1;
  if (what == FailureClass::shrink || conflict) sizer.bisect(portion.rows);
  if (what == FailureClass::slow) sizer.too_slow(portion.rows / 2);
  if (what == FailureClass::slow && found_free_) found_free_();
  return what == FailureClass::shrink || conflict || (what == FailureClass::slow && !portion.patient);
}

/// Throws the failure; of a row that is slow alone, with its key.
Task<void> SkippedRows::give_up(postgres::Session& session, std::string state, std::optional<Key> above,
                                postgres::Failure failure) {
  if (retried_as(failure) != FailureClass::slow) throw postgres::Failure(failure);
  const auto listed = co_await ledger::next_skipped(session, job_.job_id, job_.relation_id, state, std::move(above));
  if (!listed) throw postgres::Failure(failure);
  throw of_row(failure, job_.key_columns, listed->key);
}

Task<SkippedRows::Visit> SkippedRows::visit(postgres::Session& session, std::string state, std::optional<Key> above,
                                            Portion portion) {
  const async::TimePoint begun = async::Clock::now();
  Parameters parameters{std::to_string(job_.job_id), std::nullopt, std::to_string(portion.rows), std::move(state)};
  if (above) parameters[1] = postgres::array_literal(*above);
  std::vector<Command> commands;
  // As the fence of a range does, and before the statement that is to see what the batch before has committed.
  if (job_.one_at_a_time) commands.push_back(ledger::take_turn(job_.job_id));
  add_settings(commands, job_);
  commands.push_back({sql::work_list_in_order, {}});
  const sql::BuiltStatement& revisit = job_.statements.revisit_skipped();
  if (job_.may_insert) {
    commands.push_back(ledger::run_revisit(std::move(parameters), job_.table.oid, revisit.text));
  } else {
    commands.push_back({revisit, std::move(parameters), postgres::Evaluates::everything});
  }
  commands.push_back(ledger::require_table(job_.table));
  postgres::Pins pins = pins_of(job_, true, !portion.patient);
  pins.one_snapshot = job_.reads_other_rows;
  const std::vector<Rows> answers = co_await postgres::transact(session, std::move(pins), std::move(commands));
  const Rows& counts = answers[answers.size() - 2];
  Visit visited{counts.integer(0, 0), counts.integer(0, 1), counts.integer(0, 2), std::nullopt, {}};
  if (visited.seen > 0) visited.last = counts.array(0, 3);
  visited.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(async::Clock::now() - begun);
  if (visited.changed > 0 && found_free_) found_free_();
  if (visited.changed > 0) {
    hooks_.committed(CommittedBatch{visited.seen, visited.changed, visited.elapsed});
    hooks_.emit(event::BatchCommitted{0, 0, visited.seen, visited.changed, visited.elapsed});
  }
  co_return visited;
}

/// The first row above failed, alone: it is bad. Answers its key.
Task<Key> SkippedRows::blame(postgres::Session& session, std::string state, std::optional<Key> above,
                             postgres::Failure failure) {
  const auto listed = co_await ledger::next_skipped(session, job_.job_id, job_.relation_id, state, std::move(above));
  if (!listed) throw postgres::Failure(failure);
  const ledger::BadRow row{listed->key, failure.sqlstate(), with_detail(failure)};
  if (job_.bad_rows.action == BadRows::Action::stop && state == deferred) {
    throw bad_row_failure(failure, readable_key(job_.key_columns, row.key));
  }
  Command command = ledger::quarantine_row(job_.job_id, listed->range_id, row, std::nullopt);
  const Rows count = co_await postgres::transact(session, pins_of(job_, true, false), std::move(command));
  if (state == deferred) {
    hooks_.emit(
        event::RowQuarantined{listed->range_id, readable_key(job_.key_columns, row.key), row.sqlstate, row.message});
    require_few_bad_rows(job_, count.integer(0, 0), row);
  }
  co_return row.key;
}

}  // namespace pgfill::work
