#include "run/workers.h"

#include "postgres/session_name.h"
#include "postgres/sqlstate.h"
#include "work/own_sessions.h"

namespace pgfill::run {

using async::Task;

namespace {

/// How soon a worker that may not lease just now looks again.
constexpr std::chrono::milliseconds look_again{5};
/// Ranges of partitions may be many and small, and each lease would look at all partitions.
constexpr std::chrono::milliseconds between_looks{200};

/// What the session of a worker is called after the job.
std::string role(std::size_t worker) {
  return std::to_string(worker + 1);
}

}  // namespace

RangeOutcome outcome_of(const postgres::Failure& failure) {
  RangeOutcome outcome;
  work::note_failure(failure, outcome);
  return outcome;
}

Workers::Workers(Sessions& sessions, std::int64_t runner_id, Relations& relations, work::WorkerHooks hooks)
    : sessions_(sessions), relations_(relations), runner_id_(runner_id), hooks_(std::move(hooks)) {}

Workers::Worker& Workers::worker(int number) {
  while (workers_.size() <= static_cast<std::size_t>(number)) {
    const int next = static_cast<int>(workers_.size());
    auto range_worker = std::make_unique<work::RangeWorker>(relations_.whole_work(), next, hooks_, refusals_);
    workers_.push_back({nullptr, 0, std::move(range_worker), {}, nullptr});
  }
  return workers_[static_cast<std::size_t>(number)];
}

Task<postgres::Session*> Workers::session(int number) {
  Worker& worker = this->worker(number);
  if (worker.session && worker.session->open()) co_return worker.session.get();
  worker.session = co_await sessions_.open(role(static_cast<std::size_t>(number)));
  if (worker.backend_pid != 0) co_await work::end_backend(*worker.session, worker.backend_pid);
  worker.backend_pid = worker.session->backend_pid();
  worker.looked_at.reset();
  co_await work::require_settings(*worker.session, relations_.whole());
  co_return worker.session.get();
}

Task<postgres::Session*> Workers::idle_session() {
  for (const Worker& worker : workers_) {
    if (worker.session && worker.session->open()) co_return worker.session.get();
  }
  co_return co_await session(0);
}

Task<std::optional<ledger::Lease>> Workers::ask(postgres::Session& session, work::LeaseSearch::Step step,
                                                std::optional<std::int64_t> again, Worker& worker) {
  if (step == work::LeaseSearch::Step::ask_next) {
    const async::TimePoint now = async::Clock::now();
    const bool looks = !relations_.by_leaf() || !worker.looked_at || now - *worker.looked_at >= between_looks;
    const auto lease = co_await ledger::lease_next(session, relations_.whole().job_id, runner_id_, looks);
    if (looks) worker.looked_at = now;
    co_return lease;
  }
  if (step == work::LeaseSearch::Step::ask_again)
    co_return co_await ledger::lease_again(session, relations_.whole().job_id, runner_id_, *again);
  std::vector<std::string> known;
  for (const std::int64_t range : book_.known()) known.push_back(std::to_string(range));
  co_return co_await ledger::lease_lost(session, relations_.whole().job_id, runner_id_, std::move(known));
}

Task<std::optional<RangeOutcome>> Workers::connect(int worker) {
  std::optional<RangeOutcome> refused;
  try {
    co_await session(worker);
  } catch (const postgres::Failure& failure) {
    refused = outcome_of(failure);
    if (postgres::is_crowded(failure)) on_crowd();
  }
  co_return refused;
}

Task<schedule::NextRange> Workers::next_range(int number, std::optional<std::int64_t> again) {
  schedule::NextRange next;
  work::LeaseSearch search(book_, again);
  std::optional<ledger::Lease> leased;
  try {
    postgres::Session& session = *co_await this->session(number);
    work::LeaseSearch::Step step = search.begin();
    while (step != work::LeaseSearch::Step::end) {
      if (step == work::LeaseSearch::Step::look_again) {
        co_await async::sleep_for(look_again);
        step = search.begin();
        continue;
      }
      leased = co_await ask(session, step, again, worker(number));
      step = search.answered(leased);
    }
    if (!leased) co_return next;
    worker(number).lease = *leased;
    worker(number).job = co_await relations_.work_of(session, *leased);
    if (!worker(number).job) {
      co_await ledger::release(session, *leased);
      book_.visited(leased->range_id, RangeOutcome::End::given_back);
      co_return next;
    }
    next.got_on = search.got_on();
    next.range = leased->range_id;
    hooks_.emit(event::RangeLeased{leased->range_id, leased->epoch, number});
  } catch (const postgres::Failure& failure) {
    // Its lease looks lost, then.
    if (leased) book_.visited(leased->range_id, RangeOutcome::End::given_back);
    next.failure = outcome_of(failure);
  }
  co_return next;
}

Task<RangeOutcome> Workers::run_range(int number) {
  Worker& worker = this->worker(number);
  RangeOutcome outcome = co_await worker.range_worker->run(*worker.session, worker.lease, worker.job);
  if (relations_.by_leaf() && outcome.end == RangeOutcome::End::failed)
    outcome = co_await judge(*worker.session, number, std::move(outcome));
  book_.visited(worker.lease.range_id, outcome.end);
  co_return outcome;
}

/// A partition that was detached, dropped or renamed under a batch is no failure of the job: the range is given back.
Task<RangeOutcome> Workers::judge(postgres::Session& session, int number, RangeOutcome outcome) {
  if (outcome.failure != FailureClass::stop || !session.open()) co_return outcome;
  Worker& worker = this->worker(number);
  try {
    const bool left = co_await relations_.has_left(session, *worker.job, runner_id_);
    if (!left) co_return outcome;
    co_await ledger::release(session, worker.lease);
    outcome.end = RangeOutcome::End::given_back;
  } catch (const postgres::Failure&) {
    // Then the failure stands as it is.
  }
  co_return outcome;
}

void Workers::cut_sessions() {
  for (const Worker& worker : workers_) {
    if (worker.session) worker.session->cut();
  }
}

std::vector<std::string> Workers::session_names() const {
  std::vector<std::string> names;
  for (std::size_t number = 0; number < workers_.size(); ++number) {
    const auto& session = workers_[number].session;
    if (session && session->open()) names.push_back(postgres::sessions_of(relations_.whole().job) + role(number));
  }
  return names;
}

}  // namespace pgfill::run
