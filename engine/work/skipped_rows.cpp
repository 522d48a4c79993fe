#include "work/skipped_rows.h"

namespace pgfill::work {
namespace {

using async::Task;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

constexpr std::int64_t rows_at_once = 200;
constexpr const char* deferred = "deferred";
constexpr const char* quarantined = "quarantined";

}  // namespace

Task<std::optional<std::int64_t>> SkippedRows::revisit_deferred(postgres::Session& session) {
  co_return co_await go_over(session, deferred, rows_at_once);
}

Task<void> SkippedRows::try_quarantined(postgres::Session& session) {
  co_await go_over(session, quarantined, 1);
}

Task<std::optional<std::int64_t>> SkippedRows::go_over(postgres::Session& session, std::string state,
                                                       std::int64_t most) {
  std::optional<Key> above;
  std::int64_t held = 0;
  for (;;) {
    if (co_await hooks_.permit(0) == Permit::stop) co_return std::nullopt;
    std::optional<postgres::Failure> failure;
    try {
      const Visit visited = co_await visit(session, state, above, most);
      if (visited.seen == 0) co_return held;
      held += visited.held;
      above = visited.last;
      continue;
    } catch (const postgres::Failure& thrown) {
      failure = thrown;
    }
    if (failure->failure_class() != FailureClass::shrink) throw postgres::Failure(*failure);
    if (most == 1) {
      above = co_await blame(session, state, above, *failure);
    } else {
      most = 1;
    }
  }
}

Task<SkippedRows::Visit> SkippedRows::visit(postgres::Session& session, std::string state, std::optional<Key> above,
                                            std::int64_t most) {
  const async::TimePoint begun = async::Clock::now();
  Parameters parameters{std::to_string(job_.job_id), std::nullopt, std::to_string(most), std::move(state)};
  if (above) parameters[1] = postgres::array_literal(*above);
  std::vector<Command> commands;
  add_settings(commands, job_);
  commands.push_back({job_.statements.revisit_skipped(), std::move(parameters)});
  const std::vector<Rows> answers =
      co_await postgres::transact(session, pins_of(job_, true, true), std::move(commands));
  const Rows& counts = answers.back();
  Visit visited{counts.integer(0, 0), counts.integer(0, 1), counts.integer(0, 2), std::nullopt};
  if (visited.seen > 0) visited.last = counts.array(0, 3);
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(async::Clock::now() - begun);
  if (visited.changed > 0) hooks_.emit(event::BatchCommitted{0, 0, visited.seen, visited.changed, elapsed});
  co_return visited;
}

/// The first row above failed, alone: it is bad. Answers its key.
Task<Key> SkippedRows::blame(postgres::Session& session, std::string state, std::optional<Key> above,
                             postgres::Failure failure) {
  const auto listed = co_await ledger::next_skipped(session, job_.job_id, state, std::move(above));
  if (!listed) throw postgres::Failure(failure);
  const ledger::BadRow row{listed->key, failure.sqlstate(), failure.what()};
  if (job_.bad_rows.action == BadRows::Action::stop && state == deferred) {
    throw postgres::Failure(row.sqlstate, row.message + ", row " + readable_key(job_.key_columns, row.key));
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
