#include "run/workers.h"

#include "postgres/session_name.h"
#include "postgres/sqlstate.h"
#include "work/own_sessions.h"

namespace pgfill::run {

using async::Task;

namespace {

/// How soon a worker that may not lease just now looks again.
constexpr std::chrono::milliseconds look_again{5};

/// Counts as long as it lives.
class Counted {
 public:
  explicit Counted(int& counter) : counter_(counter) { ++counter_; }
  ~Counted() { --counter_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  int& counter_;
};

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

Workers::Workers(Sessions& sessions, std::int64_t runner_id, const work::JobWork& job_work, work::WorkerHooks hooks)
    : sessions_(sessions), job_work_(job_work), runner_id_(runner_id), hooks_(std::move(hooks)) {}

Workers::Worker& Workers::worker(int number) {
  while (workers_.size() <= static_cast<std::size_t>(number)) {
    const int next = static_cast<int>(workers_.size());
    workers_.push_back({nullptr, 0, std::make_unique<work::RangeWorker>(job_work_, next, hooks_, refusals_), {}});
  }
  return workers_[static_cast<std::size_t>(number)];
}

Task<postgres::Session*> Workers::session(int number) {
  Worker& worker = this->worker(number);
  if (worker.session && worker.session->open()) co_return worker.session.get();
  worker.session = co_await sessions_.open(role(static_cast<std::size_t>(number)));
  if (worker.backend_pid != 0) co_await work::end_backend(*worker.session, worker.backend_pid);
  worker.backend_pid = worker.session->backend_pid();
  co_await work::require_settings(*worker.session, job_work_);
  co_return worker.session.get();
}

Task<postgres::Session*> Workers::idle_session() {
  for (const Worker& worker : workers_) {
    if (worker.session && worker.session->open()) co_return worker.session.get();
  }
  co_return co_await session(0);
}

Task<std::optional<ledger::Lease>> Workers::lease(int number, std::optional<std::int64_t> again) {
  postgres::Session& session = *co_await this->session(number);
  while (searching_ > 0) co_await async::sleep_for(look_again);
  // After a failover that took ranges back, a new one may bear the number of one that waits to be tried again.
  if (again && running_.contains(*again)) co_return std::nullopt;
  const Counted leasing(leasing_);
  std::optional<ledger::Lease> lease;
  if (again) {
    lease = co_await ledger::lease_again(session, job_work_.job_id, runner_id_, *again);
  } else {
    lease = co_await ledger::lease_next(session, job_work_.job_id, runner_id_);
  }
  if (!lease && !again && leasing_ == 1) lease = co_await lease_lost(session);
  if (lease) {
    running_.insert(lease->range_id);
  }
  if (!lease && again) known_.erase(*again);
  co_return lease;
}

/// Before a worker believes that nothing is left. Only while no other lease is under way: it would look like a lost
/// one.
Task<std::optional<ledger::Lease>> Workers::lease_lost(postgres::Session& session) {
  const Counted searching(searching_);
  std::vector<std::string> known;
  for (const auto& [range, lease] : known_) known.push_back(std::to_string(range));
  co_return co_await ledger::lease_lost(session, job_work_.job_id, runner_id_, std::move(known));
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

Task<schedule::NextRange> Workers::next_range(int worker, std::optional<std::int64_t> again) {
  schedule::NextRange next;
  try {
    const std::optional<ledger::Lease> leased = co_await lease(worker, again);
    if (!leased) co_return next;
    this->worker(worker).lease = *leased;
    const auto before = known_.find(leased->range_id);
    next.got_on = before != known_.end() && work::has_moved(before->second, *leased);
    known_[leased->range_id] = *leased;
    next.range = leased->range_id;
    hooks_.emit(event::RangeLeased{leased->range_id, leased->epoch, worker});
  } catch (const postgres::Failure& failure) {
    next.failure = outcome_of(failure);
  }
  co_return next;
}

Task<RangeOutcome> Workers::run_range(int number) {
  Worker& worker = this->worker(number);
  RangeOutcome outcome = co_await worker.range_worker->run(*worker.session, worker.lease);
  running_.erase(worker.lease.range_id);
  if (outcome.end == RangeOutcome::End::finished || outcome.end == RangeOutcome::End::given_back) {
    known_.erase(worker.lease.range_id);
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
    if (session && session->open()) names.push_back(postgres::sessions_of(job_work_.job) + role(number));
  }
  return names;
}

}  // namespace pgfill::run
