// A COMMIT of ours that waits for a synchronous standby: nothing else on the server tells why the job stands still.
#pragma once

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Stops while one of our sessions has waited for longer than the limit; its subject is what the server demands and who
/// is there.
class StandbyWait : public Signal {
 public:
  /// `sessions`: how the names of our sessions begin.
  explicit StandbyWait(std::string sessions, async::milliseconds limit = std::chrono::seconds(1));

  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  std::string sessions_;
};

}  // namespace pgfill::throttle
