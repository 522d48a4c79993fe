// A runner's life: claim, work, finish; heartbeat, people and signals beside it. Its ranges are in runner_ranges.cpp.
#include "sim/runner.h"

#include <cmath>

namespace pgfill::sim {
namespace {

using namespace std::chrono_literals;
using throttle::Reading;
using throttle::SignalKind;

constexpr Duration steering_interval = 100ms;
constexpr double most_sessions = 60;

throttle::ControllerLimits controller_limits(int workers) {
  throttle::ControllerLimits limits;
  limits.most_workers = workers;
  limits.guardrail_patience = 60s;
  return limits;
}

Reading reading(const std::string& signal, const std::string& subject, SignalKind kind, double limit) {
  Reading reading;
  reading.signal = signal;
  reading.subject = subject;
  reading.kind = kind;
  reading.limit = limit;
  reading.read_at = async::Clock::now();
  reading.max_age = 2 * sample_period;
  return reading;
}

}  // namespace

Runner::Runner(World& world, Database& database, const Shape& shape, unsigned seed)
    : world_(world),
      database_(database),
      shape_(shape),
      process_(world.add_process()),
      life_(world.executor(process_)),
      gate_(world.executor(process_)),
      controller_(controller_limits(shape.workers)),
      admission_(gate_, throttle::pace_for(1, controller_limits(shape.workers)), [this] { return stopping(); }),
      scheduler_(world.executor(process_), gate_, seams(), shape.workers, seed),
      most_workers_(shape.workers) {
  for (int number = 0; number < shape.workers; ++number) {
    auto range_executor = std::make_unique<RangeExecutor>(world, database, shape, number, hooks(), refusals_);
    workers_.push_back({nullptr, {}, 0, std::move(range_executor)});
  }
}

void Runner::violated(const std::string& what) {
  if (!world_.dead(process_)) violations.push_back(what);
}

bool Runner::running() const {
  return world_.running(process_) && !ended();
}

void Runner::killed() {
  for (Worker& worker : workers_) {
    if (worker.connection) database_.leave(worker.connection);
  }
  if (control_) database_.leave(control_);
}

void Runner::revive() {
  world_.revive(process_);
  world_.go_on(process_);
}

void Runner::tidy_up() {
  // From inside the process, as the engine does it: Asio relies on that.
  world_.executor(process_).execute([this] {
    scheduler_.stop();
    scheduler_.abandon();
  });
}

Task<void> Runner::live() {
  Exit exit = Exit::failed;
  try {
    if (!co_await claim()) {
      exit = Exit::owned;
    } else {
      gate_.close({WaitReason::Kind::signal, "nothing has been read yet"});
      co_await run_job();
      exit = exit_;
    }
  } catch (const std::exception& failure) {
    violated(std::string("a runner ends by an exception: ") + failure.what());
  }
  exit_ = exit;
  world_.trace(static_cast<std::uint64_t>(exit) + 100);
}

Task<Answer> Runner::ask(ConnectionPtr& connection, Database::Operation operation, Duration patience) {
  if (!connection || connection->broken) connection = co_await database_.connect();
  if (!connection) {
    Answer refused;
    refused.message = "the server cannot be reached";
    co_return refused;
  }
  co_return co_await database_.ask(connection, std::move(operation), patience);
}

/// As run/claim.cpp: a live runner keeps the job, a dead one is replaced.
Task<bool> Runner::claim() {
  std::optional<TimePoint> first_heartbeat;
  while (!stopping()) {
    const Answer present = co_await ask_present();
    const RunnerRow& runner = present.runner;
    const bool alive = runner.id != 0 && runner.lease_runs && !runner.session_gone;
    if (!present.ok || alive) {
      if (alive && !first_heartbeat) first_heartbeat = runner.seen_at;
      if (alive && runner.seen_at != *first_heartbeat) co_return false;
      co_await async::sleep_for(100ms);
      continue;
    }
    const std::int64_t former = runner.id;
    const Answer begun = co_await ask_begin(former);
    id_ = begun.number;
    claimed_on_ = begun.timeline;
    if (id_ != 0) co_return true;
  }
  co_return false;
}

Task<void> Runner::run_job() {
  async::TaskGroup company(world_.executor(process_));
  company.spawn(beat());
  company.spawn(steer());
  company.spawn(watch());
  schedule::Ending ending = co_await scheduler_.run();
  bool finished = ending.how == schedule::Ending::How::all_done;
  if (finished) finished = co_await finish();
  company.cancel();
  co_await company.join();
  exit_ = exit_ != Exit::none                           ? exit_
          : finished                                    ? Exit::done
          : ending.how == schedule::Ending::How::failed ? Exit::failed
                                                        : Exit::stopped;
  const bool done = exit_ == Exit::done;
  for (int tries = 0; tries < 100; ++tries) {
    const Answer answer = co_await ask_end();
    const bool replaced = answer.timeline != claimed_on_ || answer.runner.ended;
    if (answer.ok && done && answer.number == 0) {
      // A failover may have taken the end of a range back; a runner that has been replaced gets no range.
      if (!replaced) violated("every worker found nothing left, but the job is not done");
      exit_ = Exit::failed;
    }
    if (answer.ok) co_return;
    co_await async::sleep_for(200ms);
  }
}

/// Deferred rows, until none is left. False: asked to stop.
Task<bool> Runner::finish() {
  while (!stopping()) {
    const Answer left = co_await ask_deferred();
    if (left.ok && left.number == 0) co_return true;
    co_await async::sleep_for(left.ok ? 50ms : 200ms);
  }
  co_return false;
}

Task<void> Runner::beat() {
  ConnectionPtr connection;
  for (;;) {
    const Answer answer = co_await ask_heartbeat(connection);
    if (answer.ok && answer.number == 0) {
      RangeOutcome lost;
      lost.failure = FailureClass::fenced;
      scheduler_.fail(std::move(lost));
    }
    co_await async::sleep_for(sample_period);
  }
}

Task<void> Runner::steer() {
  for (;;) {
    obey();
    co_await async::sleep_for(steering_interval);
  }
}

void Runner::obey() {
  scheduler_.set_workers(most_workers_);
  if (wishes_stop_ && !stopping()) scheduler_.stop();
  if (!wishes_pause_) {
    pause_acknowledged_ = false;
    pause_asked_.reset();
    gate_.open(WaitReason::Kind::control);
    return;
  }
  if (!pause_asked_) pause_asked_ = async::Clock::now();
  gate_.close({WaitReason::Kind::control, "paused by a person"});
  if (admission_.running() == 0) pause_acknowledged_ = true;
  check_pause();
}

/// A pause is answered within a second, unless a fault keeps a batch from ending.
void Runner::check_pause() {
  const auto waited = async::Clock::now() - *pause_asked_;
  if (!pause_acknowledged_ && waited > 1100ms && world_.time() > database_.last_trouble + 6s) {
    violated("a pause is not answered within a second");
  }
}

Task<void> Runner::watch() {
  ConnectionPtr connection;
  for (;;) {
    const Answer sample = co_await ask_sample(connection, sample_period);
    judge(sample);
    co_await async::sleep_for(sample_period);
  }
}

void Runner::take_lags(const Answer& sample) {
  std::set<std::string> present;
  for (std::size_t number = 0; number < sample.lags.size(); ++number) {
    // The first replica is the one that vanishes.
    const std::size_t missing = static_cast<std::size_t>(shape_.replicas) - sample.lags.size();
    const std::string name = "r" + std::to_string(number + missing);
    Reading lag = reading("replica_lag", name, SignalKind::lag, shape_.lag_limit);
    lag.value = sample.lags[number];
    controller_.take(lag);
    present.insert(name);
  }
  for (const std::string& name : seen_replicas_) {
    if (present.contains(name)) continue;
    Reading gone = reading("replica_lag", name, SignalKind::lag, shape_.lag_limit);
    gone.unknown = "it is not reporting any more";
    controller_.take(gone);
  }
  seen_replicas_.insert(present.begin(), present.end());
}

void Runner::judge(const Answer& sample) {
  controller_.set_limits(controller_limits(most_workers_));
  Reading sessions = reading("active_sessions", "", SignalKind::gauge, most_sessions);
  if (sample.ok) {
    sampled_at_ = async::Clock::now();
    if (sample.timeline != seen_timeline_) {
      controller_.forget("replica_lag");
      seen_replicas_.clear();
      seen_timeline_ = sample.timeline;
    }
    take_lags(sample);
    sessions.value = sample.sessions;
  } else {
    sessions.unknown = sample.message;
  }
  controller_.take(sessions);
  apply(controller_.decide(async::Clock::now()));
}

void Runner::apply(const throttle::Decision& decision) {
  const bool sane = decision.pace.sleep >= 0us && decision.pace.sleep <= 200ms && decision.pace.workers >= 1 &&
                    decision.pace.workers <= most_workers_ && std::isfinite(decision.effort);
  if (!sane) violated("a decision outside of its limits");
  admission_.set(decision.pace, decision.valid_until);
  batch_time_ = decision.pace.batch_time;
  if (decision.may_begin()) {
    gate_.open(WaitReason::Kind::signal);
  } else {
    gate_.close({WaitReason::Kind::signal, decision.reasons.front().sentence});
  }
  if (!decision.give_up) return;
  exit_ = Exit::guardrail;
  scheduler_.stop();
}

}  // namespace pgfill::sim
