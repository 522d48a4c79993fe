#include "throttle/signals/xid_age.h"

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

/// Of the limit: from there on the table is looked for, which takes a look at all tables.
constexpr double worth_a_name = 0.8;

enum Column { what, used, database, table };

}  // namespace

XidAge::XidAge(double most) : Signal("xid_age", SignalKind::guardrail, most, Unit::share) {}

async::Task<std::vector<Reading>> XidAge::read(postgres::Session& session) {
  postgres::Parameters parameters{std::to_string(limit() * worth_a_name)};
  const postgres::Rows rows = co_await session.query(sql::throttle_xid_age, std::move(parameters), answer_time);
  std::vector<Reading> readings;
  for (int row = 0; row < rows.size(); ++row) {
    std::string subject = rows.string(row, what) + " of database " + rows.string(row, database);
    if (!rows.is_null(row, table)) subject += ", oldest in table " + rows.string(row, table);
    readings.push_back(known(rows.real(row, used), subject));
  }
  co_return readings;
}

void add_xid_age(const Throttle& limits, const SignalContext&, Signals& signals) {
  if (limits.xid_age) add<XidAge>(signals, share(*limits.xid_age));
}

}  // namespace pgfill::throttle
