// The part of JobRun that says what its parts are given of each other.
#include "postgres/session_name.h"
#include "run/job_run.h"

namespace pgfill::run {

throttle::SignalContext JobRun::signal_context() const {
  throttle::SignalContext context;
  context.job = job_.record.name;
  context.sessions = postgres::sessions_of(job_.record.name);
  context.table = job_work_.table.oid;
  context.search_path = job_work_.search_path;
  context.wal_used = job_.record.wal_used;
  context.table_bytes_at_start = job_.record.table_bytes;
  return context;
}

work::WorkerHooks JobRun::hooks() {
  work::WorkerHooks hooks;
  hooks.permit = [this](int worker) { return permit(worker); };
  hooks.aim = [this] {
    const bool stripes_pay = steering_.spec().stripes != Stripes::off && stripe_watch_.pays(async::Clock::now());
    const auto row_time = work::row_time_of(steering_.spec().throttle.lock_wait, job_work_.direct_patience);
    return work::Aim{steering_.spec().batch, pressure_.batch_time(), stripes_pay, row_time};
  };
  hooks.measured = [this](std::int64_t on_page, std::int64_t changed) { take_measured(on_page, changed); };
  hooks.committed = [this](const work::CommittedBatch& batch) {
    meter_.count(batch);
    scheduler_.batch_committed();
  };
  hooks.range_added = [this] { scheduler_.range_added(); };
  hooks.failed = [this] { meter_.count_retry(); };
  hooks.emit = [this](Event::Body body) { events_.emit(std::move(body)); };
  return hooks;
}

schedule::Seams JobRun::seams() {
  schedule::Seams seams;
  seams.connect = [this](int worker) { return workers_.connect(worker); };
  seams.next_range = [this](int worker, std::optional<std::int64_t> again) {
    return workers_.next_range(worker, again);
  };
  seams.run_range = [this](int worker) { return run_range(worker); };
  seams.failed = [this](event::BatchFailed failed) {
    meter_.count_retry();
    events_.emit(std::move(failed));
  };
  return seams;
}

RunParts JobRun::parts() {
  return {order_.connection, sessions_, order_.spec.job, job_.record.id, claim_.runner_id, job_work_.table.oid,
          order_.observer,   steering_, pressure_,       gate_,          scheduler_,       workers_,
          completion_,       drops_,    vacuum_,         meter_,         events_,          failover_};
}

}  // namespace pgfill::run
