#include "run/supervisor.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ledger/runner.h"
#include "postgres/sqlstate.h"
#include "run/open_session.h"
#include "sql/statements.h"
#include "throttle/make_signals.h"

namespace pgfill::run {
namespace {

using async::Task;

constexpr std::chrono::milliseconds steering_interval{50};
constexpr std::chrono::milliseconds progress_interval{250};
constexpr std::chrono::milliseconds heartbeat_interval{500};
/// After a stop was asked the present batches may take this long; then they are cancelled, then abandoned.
constexpr std::chrono::seconds patience_with_batches{5};
constexpr std::chrono::seconds patience_with_cancelling{3};
/// The control session's own questions are small; no answer within this time is an outage.
constexpr std::chrono::milliseconds answer_time{5'000};

throttle::ControllerLimits controller_limits(const RunParts& parts) {
  throttle::ControllerLimits limits;
  limits.most_workers = parts.worker_count;
  return limits;
}

std::vector<std::unique_ptr<throttle::Signal>> signals_of(const RunParts& parts) {
  throttle::SignalContext context;
  context.job = parts.job;
  context.sessions = "pgfill:" + parts.job + "/";
  context.table = parts.table;
  return throttle::make_signals(parts.throttle, context);
}

}  // namespace

Supervisor::Supervisor(RunParts parts, std::unique_ptr<postgres::Session> session)
    : parts_(std::move(parts)), session_(std::move(session)), sampler_(controller_limits(parts_), signals_of(parts_)) {
  sampler_.set_overrides({parts_.throttle.ignore.begin(), parts_.throttle.ignore.end()});
}

Progress Supervisor::progress() const {
  Progress progress = parts_.meter.progress(async::Clock::now(), parts_.scheduler.busy());
  progress.state = "running";
  if (parts_.scheduler.stopping()) {
    progress.state = "stopping";
  } else if (!parts_.gate.is_open()) {
    progress.state = "throttled";
    progress.reason = parts_.gate.reason();
  } else {
    progress.reason = parts_.completion.waiting_for();
    if (progress.reason.empty()) progress.reason = parts_.scheduler.waiting_for();
  }
  return progress;
}

Task<void> Supervisor::steer() {
  async::TimePoint next_progress = async::Clock::now();
  for (;;) {
    obey();
    co_await enforce_stop();
    if (async::Clock::now() >= next_progress) {
      parts_.observer.on_progress(progress());
      next_progress = async::Clock::now() + progress_interval;
    }
    co_await async::sleep_for(steering_interval);
  }
}

void Supervisor::obey() {
  const int version = parts_.control.version();
  if (version == obeyed_) return;
  obeyed_ = version;
  const Control::Wish wish = parts_.control.wish();
  if (wish.paused) {
    parts_.gate.close("pause", "paused by a person" + (wish.reason.empty() ? std::string() : ": " + wish.reason));
  } else {
    parts_.gate.open("pause");
  }
  if (wish.stops > 0 && !stop_asked_) {
    stop_asked_ = async::Clock::now();
    parts_.events.emit(event::StopRequested{"request"});
    parts_.scheduler.stop();
  }
}

/// A stop that takes too long, or is asked twice, cancels the batches; the ledger tells later what became of them.
Task<void> Supervisor::enforce_stop() {
  if (!stop_asked_) co_return;
  const auto waited = async::Clock::now() - *stop_asked_;
  const bool hurry = parts_.control.wish().stops > 1 || waited > patience_with_batches;
  if (hurry && cancels_sent_ == 0) {
    ++cancels_sent_;
    stop_asked_ = async::Clock::now() - patience_with_batches;
    co_await cancel_batches();
  }
  if (cancels_sent_ > 0 && waited > patience_with_batches + patience_with_cancelling) parts_.scheduler.abandon();
}

Task<void> Supervisor::cancel_batches() {
  std::vector<std::string> pids;
  for (const int pid : parts_.workers.backend_pids()) pids.push_back(std::to_string(pid));
  try {
    const auto session = co_await open_session(parts_.connection, parts_.job, "cancel");
    postgres::Parameters parameters{postgres::array_literal(pids)};
    co_await session->query(sql::work_cancel_backends, std::move(parameters), answer_time);
  } catch (const postgres::Failure&) {
    // Out of reach: the workers' sessions are closed instead.
    parts_.scheduler.abandon();
  }
}

Task<postgres::Session*> Supervisor::session() {
  if (!session_ || !session_->open()) {
    session_ = co_await parts_.sessions.open("control");
  }
  co_return session_.get();
}

Task<void> Supervisor::keep_in_touch() {
  for (;;) {
    try {
      co_await beat();
      parts_.gate.open("database");
    } catch (const postgres::Failure& failure) {
      parts_.gate.close("database", std::string("the database does not answer the control session: ") + failure.what());
      if (failure.failure_class() != FailureClass::reconnect) session_.reset();
    }
    co_await async::sleep_for(heartbeat_interval);
  }
}

Task<void> Supervisor::beat() {
  postgres::Session& session = *co_await this->session();
  const bool ours = co_await ledger::heartbeat(session, parts_.runner_id, report());
  if (!ours) {
    RangeOutcome lost;
    lost.end = RangeOutcome::End::fenced;
    lost.failure = FailureClass::fenced;
    lost.sqlstate = "PF001";
    lost.message = "another runner has taken the job over";
    parts_.scheduler.fail(std::move(lost));
    co_return;
  }
  co_await parts_.events.flush(session);
  const ledger::RangeTotals totals = co_await ledger::range_totals(session, parts_.job_id);
  if (parts_.failover) {
    parts_.failover->rows_now = totals.rows_changed;
    parts_.meter.set_back(totals);
    parts_.events.emit(*std::exchange(parts_.failover, std::nullopt));
  }
  parts_.meter.take(totals, async::Clock::now());
  co_await sampler_.sample(session);
  parts_.meter.set_replica_lag(sampler_.replica_lag_bytes());
  const throttle::Decision decision = sampler_.decide(async::Clock::now());
  if (decision.may_begin()) {
    parts_.gate.open("throttle");
  } else {
    parts_.gate.close("throttle", decision.reasons.front().sentence);
  }
}

std::string Supervisor::report() const {
  const Progress now = progress();
  nlohmann::json report;
  report["state"] = now.state;
  report["reason"] = now.reason;
  report["rows_per_second"] = now.rows_per_second;
  report["retries"] = now.retries;
  report["batch"] =
      fmt::format("batch {} rows, p50 {:.1f}ms p99 {:.1f}ms", now.batch_rows,
                  static_cast<double>(now.batch_p50.count()) / 1000, static_cast<double>(now.batch_p99.count()) / 1000);
  return report.dump();
}

}  // namespace pgfill::run
