#include "throttle/signals/disk_free.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

enum Column { same_host, data_directory, tablespace };

}  // namespace

DiskFree::DiskFree(double least, Unit unit, std::uint32_t table)
    : Signal("disk_free", SignalKind::guardrail, least, unit, Bad::below), unit_(unit), table_(table) {}

async::Task<std::vector<Reading>> DiskFree::read(postgres::Session& session) {
  postgres::Parameters parameters{std::to_string(table_)};
  const postgres::Rows rows = co_await session.query(sql::throttle_directories, std::move(parameters), answer_time);
  std::vector<Reading> readings;
  not_watched_.clear();
  if (!rows.boolean(0, same_host)) {
    not_watched_ =
        "the server is not reached by a socket of this host, and PostgreSQL tells nobody how full its disks are";
    co_return readings;
  }
  if (rows.is_null(0, data_directory)) {
    not_watched_ = "this role may not know the data directory (GRANT pg_read_all_settings)";
    co_return readings;
  }
  look_at(rows.string(0, data_directory), readings);
  if (!rows.is_null(0, tablespace)) look_at(rows.string(0, tablespace), readings);
  co_return readings;
}

void DiskFree::look_at(const std::string& directory, std::vector<Reading>& readings) {
  struct statvfs room {};
  if (statvfs(directory.c_str(), &room) != 0 || room.f_blocks == 0) {
    not_watched_ = directory + " cannot be looked at: " + std::strerror(errno);
    return;
  }
  const auto free = static_cast<double>(room.f_bavail);
  const double value =
      unit_ == Unit::share ? free / static_cast<double>(room.f_blocks) : free * static_cast<double>(room.f_frsize);
  readings.push_back(known(value, directory));
}

void add_disk_free(const Throttle& limits, const SignalContext& context, Signals& signals) {
  if (!limits.disk_free) return;
  const FreeRoom& least = *limits.disk_free;
  const Unit unit = least.bytes ? Unit::bytes : Unit::share;
  const double room = least.bytes ? static_cast<double>(*least.bytes) : share(least.percent.value_or(0));
  add<DiskFree>(signals, room, unit, context.table);
}

}  // namespace pgfill::throttle
