#include "throttle/signals/courtesy.h"

#include <cmath>

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

/// A look in now and then by a monitor is no application.
constexpr double somebody_from = 0.5;
constexpr double nobody_below = 0.25;
constexpr double averaging_seconds = 3;

}  // namespace

Courtesy::Courtesy() : Signal("courtesy", SignalKind::gauge, 1, Unit::count) {}

async::Task<std::vector<Reading>> Courtesy::read(postgres::Session& session) {
  const postgres::Rows rows = co_await session.query(sql::throttle_neighbours, no_parameters, answer_time);
  const async::TimePoint now = async::Clock::now();
  hidden_ = rows.integer(0, 1);
  const auto seen = static_cast<double>(rows.integer(0, 0) + hidden_);
  const double passed = read_at_ == async::TimePoint{} ? 1e9 : std::chrono::duration<double>(now - read_at_).count();
  read_at_ = now;
  sessions_ += (1 - std::exp(-passed / averaging_seconds)) * (seen - sessions_);
  at_work_ = sessions_ >= (at_work_ ? nobody_below : somebody_from);
  co_return std::vector<Reading>();
}

EffortCap Courtesy::effort_cap() const {
  EffortCap cap;
  if (!at_work_) return cap;
  cap.courteous = true;
  const auto about = std::to_string(std::max(1L, std::lround(sessions_)));
  cap.sentence = "others are at work (about " + about + (about == "1" ? " session" : " sessions") +
                 (hidden_ > 0 ? "; this role may not look at all of them, GRANT pg_read_all_stats" : "") +
                 "): short batches, one at a time";
  return cap;
}

void add_courtesy(const Throttle& limits, const SignalContext&, Signals& signals) {
  if (limits.courtesy) add<Courtesy>(signals);
}

}  // namespace pgfill::throttle
