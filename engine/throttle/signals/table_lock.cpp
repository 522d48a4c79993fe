#include "throttle/signals/table_lock.h"

#include <algorithm>

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

enum Column { pid, application, mode, granted, seconds };

/// Those that conflict with ROW EXCLUSIVE, which changing rows takes.
constexpr const char* ddl_modes = "{ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}";
constexpr const char* vacuum_modes = "{ShareUpdateExclusiveLock}";
/// A lock that was asked for just now has not waited measurably, but is there.
constexpr double least_wait = 0.001;

}  // namespace

TableLock::TableLock(TableWork work, std::uint32_t table, std::string sessions)
    : Signal(work == TableWork::ddl ? "ddl_wait" : "autovacuum", SignalKind::lag, 0, Unit::seconds),
      work_(work),
      table_(table),
      sessions_(std::move(sessions)) {}

async::Task<std::vector<Reading>> TableLock::read(postgres::Session& session) {
  const bool ddl = work_ == TableWork::ddl;
  postgres::Parameters parameters{std::to_string(table_), sessions_, ddl ? ddl_modes : vacuum_modes};
  const postgres::Rows rows = co_await session.query(sql::throttle_table_locks, std::move(parameters), answer_time);
  std::vector<Reading> readings;
  for (int row = 0; row < rows.size(); ++row) {
    std::string who = "(process " + rows.string(row, pid) + ", " + rows.string(row, application) + ", ";
    who += std::string(rows.boolean(row, granted) ? "holds " : "waits for ") + rows.string(row, mode) + ")";
    readings.push_back(known(std::max(least_wait, rows.real(row, seconds)), std::move(who)));
  }
  co_return readings;
}

void add_ddl_wait(const Throttle&, const SignalContext& context, Signals& signals) {
  if (context.table != 0) add<TableLock>(signals, TableWork::ddl, context.table, context.sessions);
}

void add_autovacuum(const Throttle& limits, const SignalContext& context, Signals& signals) {
  if (context.table == 0 || !limits.autovacuum) return;
  add<TableLock>(signals, TableWork::vacuum, context.table, context.sessions);
}

}  // namespace pgfill::throttle
