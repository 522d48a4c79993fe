#include "throttle/sampler.h"

#include "throttle/signals/standby_wait.h"

namespace pgfill::throttle {

Sampler::Sampler(Gate& gate, const std::string& job) : gate_(gate) {
  auto replica_lag = std::make_unique<ReplicaLag>();
  replica_lag_ = replica_lag.get();
  signals_.push_back(std::move(replica_lag));
  signals_.push_back(std::make_unique<StandbyWait>("pgfill:" + job + "/"));
}

async::Task<void> Sampler::sample(postgres::Session& session) {
  for (const auto& signal : signals_) {
    std::optional<postgres::Failure> failure;
    Verdict reading;
    try {
      reading = co_await signal->read(session);
    } catch (const postgres::Failure& unknown) {
      failure = unknown;
      reading = {true, std::string(signal->name()) + " unknown: " + unknown.what()};
    }
    if (reading.over) {
      gate_.close(signal->name(), reading.sentence);
    } else {
      gate_.open(signal->name());
    }
    if (failure && failure->failure_class() == FailureClass::reconnect) throw postgres::Failure(*failure);
  }
}

}  // namespace pgfill::throttle
