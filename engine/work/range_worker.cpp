#include "work/range_worker.h"

#include <cassert>
#include <type_traits>

#include "work/batch_commands.h"
#include "work/statements.h"

namespace pgfill::work {
namespace {

using async::Task;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

/// A guess that takes longer was wrong, since keys are denser there, or the disk is too slow for so many.
constexpr async::milliseconds reading_patience{1'000};

RangeFacts facts_of(const JobWork& job) {
  RangeFacts facts;
  facts.table = job.table.name;
  facts.key_columns = job.key_columns;
  facts.by_position = job.by_position;
  facts.reads_other_rows = job.reads_other_rows;
  facts.may_insert = job.may_insert;
  facts.counts_toast = job.toast_oid != 0;
  facts.stripes = job.stripes;
  facts.estimated_rows = job.estimated_rows;
  facts.row_bytes = job.row_bytes;
  facts.scattered_key = job.scattered_key;
  facts.limits = job.limits;
  facts.bad_rows = job.bad_rows;
  facts.direct_patience = job.direct_patience;
  return facts;
}

/// Ranges of partitions may be many and small. What a crash takes of them is done again; the end of the job is durable.
bool ends_durably(const JobWork& job) {
  return job.table.leaf_of == 0;
}

/// By what is counted before and after.
std::int64_t toast_bytes(const Rows& before, const Rows& after) {
  constexpr std::int64_t chunk = 2032;  // TOAST_MAX_CHUNK_SIZE with its tuple header and line pointer
  return (after.integer(0, 0) - before.integer(0, 0)) * chunk;
}

/// A task that is cancelled leaves no range under way.
class Visit {
 public:
  explicit Visit(RangeMachine& machine) : machine_(machine) {}
  ~Visit() { machine_.abandon(); }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  RangeMachine& machine_;
};

}  // namespace

RangeWorker::RangeWorker(std::shared_ptr<const JobWork> job, int number, WorkerHooks hooks, Refusals& refusals)
    : job_(std::move(job)), number_(number), hooks_(std::move(hooks)), machine_(facts_of(*job_), number, refusals) {}

Task<RangeOutcome> RangeWorker::run(postgres::Session& session, ledger::Lease lease,
                                    std::shared_ptr<const JobWork> job) {
  if (job != job_) machine_.know(facts_of(*job));
  job_ = std::move(job);
  const Visit visit(machine_);
  const Decision* decision = &machine_.begin(std::move(lease));
  while (machine_.under_way()) {
    Answer answer = co_await carry_out(session, decision->action);
    decision = &machine_.next(std::move(answer));
    report(*decision);
  }
  co_return std::get<action::Finished>(decision->action).outcome;
}

void RangeWorker::report(const Decision& decision) {
  if (decision.measured) hooks_.measured(decision.measured->on_page, decision.measured->changed);
  if (decision.committed) hooks_.committed(*decision.committed);
  if (decision.range_added) hooks_.range_added();
  if (decision.tries_again) hooks_.failed();
  for (const Event::Body& event : decision.events) hooks_.emit(event);
}

Task<Answer> RangeWorker::carry_out(postgres::Session& session, const Action& action) {
  std::optional<postgres::Failure> failure;
  try {
    co_return co_await begin(session, action);
  } catch (const postgres::Failure& thrown) {
    failure = thrown;
  }
  co_return answer::Failed{std::move(*failure), async::Clock::now()};
}

Task<Answer> RangeWorker::begin(postgres::Session& session, const Action& action) {
  const auto task = [this, &session](const auto& asked) -> Task<Answer> {
    if constexpr (std::is_same_v<std::decay_t<decltype(asked)>, action::Finished>) {
      throw std::logic_error("a range that has ended asks for nothing");
    } else {
      return perform(session, asked);
    }
  };
  return std::visit(task, action);
}

/// Asked anew after whatever took time: no batch may begin after a pause has been acknowledged.
Task<Answer> RangeWorker::perform(postgres::Session& /*session*/, const action::AskPermit& /*asked*/) {
  const Permit permit = co_await hooks_.permit(number_);
  co_return answer::Permitted{permit, hooks_.aim()};
}

Task<Answer> RangeWorker::perform(postgres::Session& session, const action::Release& /*asked*/) {
  co_await ledger::release(session, lease());
  co_return answer::Released{};
}

/// Asks for the key `rows` rows of the pass above `from`; for a range without an end also for the largest key.
void RangeWorker::add_walk(std::vector<Command>& commands, const std::optional<Key>& from, std::int64_t rows,
                           bool largest) const {
  const std::optional<Key>& upper = lease().keys.upper;
  const sql::Sides sides = sides_of(from, upper);
  Parameters parameters = slice_parameters(*job_, lease(), from, upper);
  parameters.push_back(std::to_string(rows));
  commands.push_back({job_->statements.nth_key(sides), std::move(parameters)});
  if (largest) commands.push_back({job_->statements.last_key(sides), key_parameters(from, upper)});
}

/// The answers to add_walk().
answer::Walked RangeWorker::walked(const std::vector<Rows>& answers, std::size_t first, bool largest) const {
  const std::size_t size = job_->cursor_size();
  answer::Walked found;
  if (!answers[first].empty()) found.key = key_at(answers[first], 0, size);
  if (largest && !answers[first + 1].empty()) found.largest = key_at(answers[first + 1], 0, size);
  return found;
}

Task<answer::Walked> RangeWorker::walk(postgres::Session& session, std::optional<Key> from, std::int64_t rows,
                                       bool largest) {
  std::vector<Command> commands;
  add_walk(commands, from, rows, largest);
  const std::vector<Rows> answers =
      co_await postgres::transact(session, pins_of(*job_, false, false), std::move(commands));
  co_return walked(answers, 0, largest);
}

Task<Answer> RangeWorker::perform(postgres::Session& session, const action::Walk& asked) {
  co_return co_await walk(session, asked.from, asked.rows, asked.largest);
}

Task<Answer> RangeWorker::perform(postgres::Session& session, const action::FindSplit& asked) {
  co_return co_await walk(session, asked.from, asked.keep.rows, false);
}

Task<Answer> RangeWorker::perform(postgres::Session& session, const action::ReadRows& asked) {
  std::vector<Command> commands;
  commands.push_back({sql::work_read_ahead_settings, {}});
  Parameters parameters{lease().cursor->front(), asked.part.bound.front(), std::to_string(asked.part.rows)};
  commands.push_back({job_->statements.rows_ahead(), std::move(parameters)});
  postgres::Pins pins = pins_of(*job_, false, false);
  pins.statement_timeout = reading_patience;
  const std::vector<Rows> answers = co_await postgres::transact(session, std::move(pins), std::move(commands));
  const Rows& counts = answers.back();
  answer::Found found;
  found.rows = counts.integer(0, 1);
  if (found.rows > 0) found.last = Key{counts.string(0, 0)};
  found.elapsed = std::chrono::microseconds(counts.integer(0, 2));
  co_return found;
}

/// The server counts what is written out of line over transactions, so it is asked before and after.
void RangeWorker::add_toast_count(std::vector<Command>& commands, bool counts) const {
  if (counts) commands.push_back({sql::work_toast_written, Parameters{std::to_string(job_->toast_oid)}});
}

Task<Answer> RangeWorker::perform(postgres::Session& session, const action::Change& asked) {
  const async::TimePoint begun = async::Clock::now();
  std::vector<Command> commands =
      postgres::begin(pins_of(*job_, asked.slice.last && ends_durably(*job_), asked.way == Way::direct));
  const std::size_t walk = commands.size();
  if (asked.walk) add_walk(commands, asked.slice.bound, *asked.walk, asked.largest);
  const std::size_t count = commands.size();
  add_toast_count(commands, asked.counts_toast);
  add_change(commands, *job_, lease(), asked.slice, asked.way);
  const std::size_t change = commands.size() - 1;
  add_toast_count(commands, asked.counts_toast);
  commands.push_back(postgres::commit());
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  postgres::require_commit(answers.back());
  answer::Changed done;
  done.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(async::Clock::now() - begun);
  done.changed = answers[change].integer(0, 0);
  done.on_page = answers[change].integer(0, 1);
  done.inserted = answers[change].integer(0, 2);
  if (asked.way == Way::around_held) done.deferred = answers[change - 1].integer(0, 0);
  if (asked.counts_toast) done.toast_bytes = toast_bytes(answers[count], answers[change + 1]);
  if (asked.walk) done.next = walked(answers, walk, asked.largest);
  co_return done;
}

/// The end is proven by a query that finds no key beyond the cursor, in the transaction that ends the range.
Task<Answer> RangeWorker::perform(postgres::Session& session, const action::ProveEnd& asked) {
  std::vector<Command> commands = postgres::begin(pins_of(*job_, ends_durably(*job_), false));
  commands.push_back(ledger::fence(lease()));
  commands.push_back(last_key_to_do(*job_, lease()));
  const std::size_t last = commands.size() - 1;
  commands.push_back(ledger::require_table(job_->table));
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  answer::EndSeen seen;
  if (!answers[last].empty() && !asked.in_any_case) seen.beyond = key_at(answers[last], 0, job_->cursor_size());
  std::vector<Command> ending;
  if (!seen.beyond) ending.push_back(ledger::finish_range(lease()));
  ending.push_back(postgres::commit());
  const std::vector<Rows> ended = co_await session.exchange(std::move(ending));
  if (!seen.beyond) postgres::require_commit(ended.back());
  co_return seen;
}

Task<Answer> RangeWorker::perform(postgres::Session& session, const action::Split& asked) {
  std::vector<Command> commands;
  commands.push_back(ledger::fence(lease()));
  commands.push_back(ledger::split_range(lease(), asked.at, asked.keep.share, asked.keep.moved));
  const std::vector<Rows> given =
      co_await postgres::transact(session, pins_of(*job_, true, false), std::move(commands));
  co_return answer::GivenAway{given.back().integer(0, 0)};
}

Task<Answer> RangeWorker::perform(postgres::Session& session, const action::LookAtRow& asked) {
  Command command{job_->statements.row_at(), key_parameters(std::nullopt, asked.position)};
  const Rows rows = co_await postgres::transact(session, pins_of(*job_, false, false), std::move(command));
  answer::RowSeen seen;
  if (!rows.empty()) seen.row = key_at(rows, 0, job_->key_columns.size());
  co_return seen;
}

Task<Answer> RangeWorker::perform(postgres::Session& session, const action::SetAside& asked) {
  const ledger::BadRow row{asked.row, asked.sqlstate, asked.message};
  std::vector<Command> commands;
  commands.push_back(ledger::fence(lease()));
  commands.push_back(ledger::quarantine_row(lease().job_id, lease().range_id, row, asked.after));
  const std::vector<Rows> answers =
      co_await postgres::transact(session, pins_of(*job_, asked.durable, false), std::move(commands));
  co_return answer::RowSetAside{answers.back().integer(0, 0)};
}

}  // namespace pgfill::work
