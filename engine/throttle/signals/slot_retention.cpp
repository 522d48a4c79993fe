#include "throttle/signals/slot_retention.h"

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

constexpr double least_share_left = 0.2;

enum Column { slot_name, active, retained, safe, keep };

}  // namespace

SlotRetention::SlotRetention(double bytes) : Signal("slot_retention", SignalKind::guardrail, bytes, Unit::bytes) {}

async::Task<std::vector<Reading>> SlotRetention::read(postgres::Session& session) {
  const postgres::Rows rows = co_await session.query(sql::throttle_slots, no_parameters, answer_time);
  std::vector<Reading> readings;
  for (int row = 0; row < rows.size(); ++row) {
    const std::string slot = rows.string(row, slot_name) + (rows.boolean(row, active) ? "" : " (not in use)");
    readings.push_back(known(static_cast<double>(rows.integer(row, retained)), slot));
    if (rows.is_null(row, safe) || rows.is_null(row, keep)) continue;
    Reading left = known(static_cast<double>(rows.integer(row, safe)), slot + " left until it is lost");
    left.limit = least_share_left * static_cast<double>(rows.integer(row, keep));
    left.bad = Bad::below;
    readings.push_back(left);
  }
  co_return readings;
}

void add_slot_retention(const Throttle& limits, const SignalContext&, Signals& signals) {
  if (limits.slot_retention) add<SlotRetention>(signals, static_cast<double>(*limits.slot_retention));
}

}  // namespace pgfill::throttle
