#include "throttle/signals/named_replica.h"

#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

constexpr std::chrono::seconds patience{1};
constexpr std::chrono::seconds pause_after_failure{5};

enum Column { is_replica, replayed, paused };

}  // namespace

NamedReplica::NamedReplica(ReplicaConnection replica, double seconds, std::shared_ptr<const WalClock> wal,
                           std::string sessions)
    : Signal("replica_lag", SignalKind::lag, seconds, Unit::seconds),
      replica_(std::move(replica)),
      wal_(std::move(wal)),
      sessions_(std::move(sessions)) {}

async::Task<std::vector<Reading>> NamedReplica::read_elsewhere() {
  std::vector<Reading> readings;
  if ((!session_ || !session_->open()) && async::Clock::now() >= next_try_) co_await connect();
  if (session_ && session_->open()) {
    std::optional<std::string> failed;
    try {
      const Reading reading = co_await ask();
      readings.push_back(reading);
    } catch (const postgres::Failure& failure) {
      failed = failure.what();
    }
    if (failed) {
      session_.reset();
      trouble_ = *failed;
      next_try_ = async::Clock::now() + pause_after_failure;
    }
  }
  if (readings.empty()) readings.push_back(unknown(trouble_, replica_.name));
  co_return readings;
}

async::Task<void> NamedReplica::connect() {
  ConnectionSettings settings;
  settings.keywords = replica_.connection;
  const std::string name = sessions_ + "lag";
  const async::Deadline deadline = async::Deadline::after(patience);
  try {
    session_ = co_await postgres::Session::open(std::move(settings), name, deadline);
  } catch (const postgres::Failure& failure) {
    trouble_ = std::string("cannot be asked: ") + failure.what();
    next_try_ = async::Clock::now() + pause_after_failure;
  }
}

async::Task<Reading> NamedReplica::ask() {
  const postgres::Rows rows = co_await session_->query(sql::throttle_replica_position, no_parameters, patience);
  if (!rows.boolean(0, is_replica)) co_return unknown("it is a primary, not a replica", replica_.name);
  if (rows.is_null(0, replayed)) co_return unknown("it has replayed nothing yet", replica_.name);
  const double behind = progress_.take(*wal_, rows.integer(0, replayed), async::Clock::now());
  const std::string subject = replica_.name + (rows.boolean(0, paused) ? " (replay is paused)" : "");
  co_return known(behind, subject);
}

}  // namespace pgfill::throttle
