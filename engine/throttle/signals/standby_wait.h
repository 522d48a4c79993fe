// A COMMIT of ours that waits for a synchronous standby: nothing else on the server tells why the job stands still.
#pragma once

#include <chrono>
#include <string>

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Over its limit while one of our sessions has waited for longer than the limit.
class StandbyWait : public Signal {
 public:
  /// `sessions`: how the names of our sessions begin.
  explicit StandbyWait(std::string sessions, std::chrono::milliseconds limit = std::chrono::seconds(1))
      : sessions_(std::move(sessions)), limit_(limit) {}

  const char* name() const override { return "standby_wait"; }
  async::Task<Verdict> read(postgres::Session& session) override;

 private:
  std::string sessions_;
  std::chrono::milliseconds limit_;
};

}  // namespace pgfill::throttle
