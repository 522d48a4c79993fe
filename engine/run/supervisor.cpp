#include "run/supervisor.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ledger/runner.h"
#include "postgres/sqlstate.h"
#include "report/json.h"
#include "run/open_session.h"
#include "schedule/retry_policy.h"
#include "work/own_sessions.h"

namespace pgfill::run {
namespace {

using async::Task;

constexpr std::chrono::milliseconds steering_interval{50};
constexpr std::chrono::milliseconds progress_interval{250};
/// How often it is looked what is due; the fastest signals are read about as often.
constexpr std::chrono::milliseconds look_interval{25};
constexpr std::chrono::milliseconds request_interval{200};
constexpr std::chrono::milliseconds heartbeat_interval{500};
/// How soon a change of the table is noticed by batches that need no new lease.
constexpr std::chrono::milliseconds table_interval{2'000};
/// After a stop was asked the present batches may take this long; then they are cancelled, then abandoned.
constexpr std::chrono::seconds patience_with_batches{5};
constexpr std::chrono::seconds patience_with_cancelling{3};
/// The control session's own questions are small; no answer within this time is an outage.
constexpr std::chrono::milliseconds answer_time{5'000};
constexpr const char* outgrown = "the table grows as fast as the job advances (see pgfill events)";

}  // namespace

Supervisor::Supervisor(RunParts parts, std::unique_ptr<postgres::Session> session)
    : parts_(std::move(parts)), session_(std::move(session)) {}

Progress Supervisor::progress() const {
  Progress progress = parts_.meter.progress(async::Clock::now(), parts_.scheduler.busy());
  progress.state = JobState::running;
  progress.workers = parts_.pressure.workers();
  if (parts_.scheduler.stopping()) {
    progress.state = JobState::stopping;
  } else if (const WaitReason* reason = parts_.gate.reason()) {
    progress.state = reason->is_pause() ? JobState::paused : JobState::throttled;
    progress.reason = reason->sentence;
    progress.held_by = *reason;
  } else {
    progress.reason = parts_.drops.waiting_for();
    if (progress.reason.empty()) progress.reason = parts_.completion.waiting_for();
    if (progress.reason.empty()) progress.reason = parts_.scheduler.waiting_for();
    if (progress.reason.empty()) progress.reason = parts_.pressure.reason();
    if (progress.reason.empty() && parts_.meter.outgrown()) progress.reason = outgrown;
  }
  return progress;
}

Task<void> Supervisor::steer() {
  async::TimePoint next_progress = async::Clock::now();
  for (;;) {
    parts_.steering.obey();
    parts_.pressure.decide();
    co_await enforce_stop();
    if (async::Clock::now() >= next_progress) {
      parts_.observer.on_progress(progress());
      next_progress = async::Clock::now() + progress_interval;
    }
    co_await async::sleep_for(steering_interval);
  }
}

/// A stop that takes too long, or is asked twice, cancels the batches; the ledger tells later what became of them.
Task<void> Supervisor::enforce_stop() {
  const auto asked = parts_.steering.stop_asked();
  if (!asked) co_return;
  // Workers without a batch only wait for others: a server or a name service that does not answer.
  if (parts_.scheduler.busy() == 0) parts_.scheduler.abandon();
  const async::TimePoint now = async::Clock::now();
  const bool hurry = parts_.steering.stops() > 1 || now - *asked > patience_with_batches;
  if (hurry && !cancelled_at_) {
    cancelled_at_ = now;
    co_await cancel_batches();
  }
  if (cancelled_at_ && now - *cancelled_at_ > patience_with_cancelling) parts_.scheduler.abandon();
}

Task<void> Supervisor::cancel_batches() {
  try {
    const auto session = co_await open_session(parts_.connection, parts_.job, "cancel", patience_with_cancelling);
    std::vector<std::string> names = parts_.workers.session_names();
    names.push_back(parts_.drops.session_name());
    names.push_back(parts_.vacuum.session_name());
    co_await work::cancel_sessions(*session, std::move(names), answer_time);
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

Task<void> Supervisor::listen_elsewhere() {
  for (;;) {
    co_await parts_.pressure.sample_elsewhere();
    co_await async::sleep_for(look_interval);
  }
}

Task<void> Supervisor::keep_in_touch() {
  async::TimePoint next_request = async::Clock::now();
  async::TimePoint next_beat = next_request;
  async::TimePoint next_look = next_request + table_interval;
  for (;;) {
    try {
      postgres::Session& session = *co_await this->session();
      if (async::Clock::now() >= next_request) {
        next_request = async::Clock::now() + request_interval;
        co_await obey_ledger(session);
      }
      if (signals_shared_) co_await parts_.pressure.sample(session);
      if (async::Clock::now() >= next_beat) {
        next_beat = async::Clock::now() + heartbeat_interval;
        co_await beat(session);
      }
      if (async::Clock::now() >= next_look) {
        next_look = async::Clock::now() + table_interval;
        co_await look_at_table(session);
      }
      parts_.gate.open(WaitReason::Kind::outage);
      lost_since_.reset();
    } catch (const postgres::Failure& failure) {
      note_failure(failure);
    }
    co_await async::sleep_for(look_interval);
  }
}

Task<void> Supervisor::read_signals() {
  while (!crowded_) {
    try {
      co_await read_signals_apart();
    } catch (const postgres::Failure& failure) {
      // What cannot be read grows stale, which closes the gate; the control session judges the outage.
      signal_session_.reset();
      crowded_ = crowded_ || postgres::is_crowded(failure);
      if (failure.failure_class() == FailureClass::alarm) parts_.scheduler.fail(outcome_of(failure));
    }
    co_await async::sleep_for(look_interval);
  }
  signal_session_.reset();
  signals_shared_ = true;
}

Task<void> Supervisor::read_signals_apart() {
  if (!signal_session_ || !signal_session_->open()) signal_session_ = co_await parts_.sessions.open("signals");
  co_await parts_.pressure.sample(*signal_session_);
}

void Supervisor::give_up_signal_session() {
  crowded_ = true;
  if (signal_session_) signal_session_->cut();
}

/// Closes the gate. Behind it no worker would find out that the server is another, or out of reach for good.
void Supervisor::note_failure(const postgres::Failure& failure) {
  parts_.gate.close(
      {WaitReason::Kind::outage, std::string("the database does not answer the control session: ") + failure.what()});
  if (failure.failure_class() != FailureClass::reconnect) session_.reset();
  const async::TimePoint now = async::Clock::now();
  if (!lost_since_) lost_since_ = now;
  const bool too_long = now - *lost_since_ > schedule::outage_budget;
  if (too_long || failure.failure_class() == FailureClass::alarm) parts_.scheduler.fail(outcome_of(failure));
}

/// What a request forbids is forbidden before the runner acknowledges it.
Task<void> Supervisor::obey_ledger(postgres::Session& session) {
  const ledger::Request request = co_await ledger::read_request(session, parts_.job_id);
  if (!parts_.steering.take(request)) co_return;
  parts_.sessions.limit_pace_for(parts_.steering.most_workers());
  parts_.pressure.decide();
  co_await ledger::acknowledge(session, parts_.runner_id, request.version);
}

Task<void> Supervisor::look_at_table(postgres::Session& session) {
  std::optional<postgres::Failure> changed;
  try {
    co_await ledger::require_unchanged_table(session, parts_.job_id);
  } catch (const postgres::Failure& failure) {
    changed = failure;
  }
  if (!changed) co_return;
  const bool of_table = changed->condition() == postgres::Condition::table_changed ||
                        changed->condition() == postgres::Condition::key_index_gone;
  if (!of_table) throw postgres::Failure(*changed);
  parts_.scheduler.fail(outcome_of(*changed));
}

Task<void> Supervisor::beat(postgres::Session& session) {
  const bool ours = co_await ledger::heartbeat(session, parts_.runner_id, report());
  if (!ours) {
    RangeOutcome lost;
    lost.end = RangeOutcome::End::fenced;
    lost.failure = FailureClass::fenced;
    lost.sqlstate = postgres::state_of(postgres::Condition::fenced);
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
  co_await watch_growth(session, totals.rows_beyond);
}

/// Whether the table outgrows the job can be asked as soon as ranges meet more rows than there were.
Task<void> Supervisor::watch_growth(postgres::Session& session, std::int64_t rows_beyond) {
  if (rows_beyond == 0) co_return;
  const std::int64_t inserted = co_await ledger::rows_inserted(session, parts_.table_oid);
  parts_.meter.take_inserted(inserted, async::Clock::now());
  const std::optional<event::TableGrows> growth = parts_.meter.outgrown();
  if (!growth || std::exchange(reported_growth_, true)) co_return;
  parts_.events.emit(*growth);
}

std::string Supervisor::report() const {
  const Progress now = progress();
  nlohmann::json report;
  report["state"] = name_of(now.state);
  report["reason"] = now.reason;
  report["held_by"] = report::to_json(now.held_by);
  report["rows_per_second"] = now.rows_per_second;
  report["retries"] = now.retries;
  report["pressure"] = parts_.pressure.signals();
  report["signals"] = nlohmann::json::array();
  for (const throttle::Reading& reading : parts_.pressure.readings()) {
    nlohmann::json value = reading.value ? nlohmann::json(*reading.value) : nlohmann::json(nullptr);
    report["signals"].push_back({{"signal", reading.signal},
                                 {"subject", reading.subject},
                                 {"value", std::move(value)},
                                 {"limit", reading.limit}});
  }
  report["wal_used"] = parts_.pressure.wal_used();
  report["batch"] =
      fmt::format("batch {} rows, p50 {:.1f}ms p99 {:.1f}ms", now.batch_rows,
                  static_cast<double>(now.batch_p50.count()) / 1000, static_cast<double>(now.batch_p99.count()) / 1000);
  return report.dump();
}

}  // namespace pgfill::run
