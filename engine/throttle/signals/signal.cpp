#include "throttle/signals/signal.h"

#include <algorithm>

namespace pgfill::throttle {

Signal::Signal(std::string name, SignalKind kind, double limit, Unit unit, Bad bad) {
  pattern_.signal = std::move(name);
  pattern_.kind = kind;
  pattern_.limit = limit;
  pattern_.unit = unit;
  pattern_.bad = bad;
}

async::Task<std::vector<Reading>> Signal::read(postgres::Session&) {
  co_return std::vector<Reading>();
}

async::Task<std::vector<Reading>> Signal::read_elsewhere() {
  co_return std::vector<Reading>();
}

Reading Signal::known(double value, std::string subject) const {
  Reading reading = made(std::move(subject));
  reading.value = value;
  return reading;
}

Reading Signal::unknown(std::string why, std::string subject) const {
  Reading reading = made(std::move(subject));
  reading.unknown = std::move(why);
  return reading;
}

Reading Signal::made(std::string subject) const {
  Reading reading = pattern_;
  reading.subject = std::move(subject);
  reading.read_at = async::Clock::now();
  // Two periods, and some patience with a sampler that is busy with another signal.
  reading.max_age = std::max<async::Clock::duration>(std::chrono::seconds(2), 2 * every() + std::chrono::seconds(1));
  return reading;
}

}  // namespace pgfill::throttle
