// How long a commit takes now, measured by one: a canary that has nothing to do but become durable.
#pragma once

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Commits as the monitor's session is configured, replicas that synchronous_standby_names demands included. Where none
/// of those is connected no canary is sent, as it would not come back; nor while a former one has not: the latency is
/// unknown, and that is why. A canary is given up after twice the limit (1 s at least), and the connection with it.
class CommitLatency : public Signal {
 public:
  explicit CommitLatency(async::milliseconds limit);

  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  async::milliseconds patience_;
};

}  // namespace pgfill::throttle
