#include "run/workers.h"

namespace pgfill::run {

using async::Task;

RangeOutcome outcome_of(const postgres::Failure& failure) {
  RangeOutcome outcome;
  outcome.end = RangeOutcome::End::failed;
  outcome.failure = failure.failure_class();
  outcome.sqlstate = failure.sqlstate();
  outcome.message = failure.what();
  return outcome;
}

Workers::Workers(Sessions& sessions, std::int64_t runner_id, const work::JobWork& job_work, work::WorkerHooks hooks,
                 int count)
    : sessions_(sessions), job_work_(job_work), runner_id_(runner_id), hooks_(std::move(hooks)) {
  for (int number = 0; number < count; ++number) {
    workers_.push_back({nullptr, std::make_unique<work::RangeWorker>(job_work, number, hooks_), {}});
  }
}

Task<postgres::Session*> Workers::session(int number) {
  Worker& worker = workers_[static_cast<std::size_t>(number)];
  if (!worker.session || !worker.session->open()) worker.session = co_await sessions_.open(std::to_string(number + 1));
  co_return worker.session.get();
}

Task<std::optional<ledger::Lease>> Workers::lease(int number, std::optional<std::int64_t> again) {
  postgres::Session& session = *co_await this->session(number);
  if (again) co_return co_await ledger::lease_again(session, job_work_.job_id, runner_id_, *again);
  co_return co_await ledger::lease_next(session, job_work_.job_id, runner_id_);
}

Task<schedule::NextRange> Workers::next_range(int worker, std::optional<std::int64_t> again) {
  schedule::NextRange next;
  try {
    const std::optional<ledger::Lease> leased = co_await lease(worker, again);
    if (!leased) co_return next;
    workers_[static_cast<std::size_t>(worker)].lease = *leased;
    next.range = leased->range_id;
    hooks_.emit(event::RangeLeased{leased->range_id, leased->epoch, worker});
  } catch (const postgres::Failure& failure) {
    next.failure = outcome_of(failure);
  }
  co_return next;
}

Task<RangeOutcome> Workers::run_range(int number) {
  Worker& worker = workers_[static_cast<std::size_t>(number)];
  co_return co_await worker.range_worker->run(*worker.session, worker.lease);
}

std::vector<int> Workers::backend_pids() const {
  std::vector<int> pids;
  for (const Worker& worker : workers_) {
    if (worker.session && worker.session->open()) pids.push_back(worker.session->backend_pid());
  }
  return pids;
}

}  // namespace pgfill::run
