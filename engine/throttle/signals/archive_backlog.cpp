#include "throttle/signals/archive_backlog.h"

#include <algorithm>

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

enum Column { archives, segment_bytes, current, archived, failing, may_list };

}  // namespace

ArchiveBacklog::ArchiveBacklog(double bytes) : Signal("archive_backlog", SignalKind::lag, bytes, Unit::bytes) {}

async::Task<std::vector<Reading>> ArchiveBacklog::read(postgres::Session& session) {
  std::vector<Reading> readings;
  const postgres::Rows rows = co_await session.query(sql::throttle_archive, no_parameters, answer_time);
  if (!rows.boolean(0, archives)) co_return readings;
  const std::int64_t now = rows.integer(0, current);
  if (!first_seen_ || now < *first_seen_) first_seen_ = now;
  std::int64_t waiting = 0;
  if (rows.boolean(0, may_list)) {
    const postgres::Rows ready = co_await session.query(sql::throttle_archive_ready, no_parameters, answer_time);
    waiting = ready.integer(0, 0);
  } else {
    const std::int64_t done = rows.is_null(0, archived) ? *first_seen_ - 1 : rows.integer(0, archived);
    waiting = std::max<std::int64_t>(0, now - 1 - done);
  }
  std::string subject = rows.is_null(0, failing) ? "" : "(archiving of " + rows.string(0, failing) + " fails)";
  readings.push_back(known(static_cast<double>(waiting * rows.integer(0, segment_bytes)), std::move(subject)));
  co_return readings;
}

void add_archive_backlog(const Throttle& limits, const SignalContext&, Signals& signals) {
  if (limits.archive_backlog) add<ArchiveBacklog>(signals, static_cast<double>(*limits.archive_backlog));
}

}  // namespace pgfill::throttle
