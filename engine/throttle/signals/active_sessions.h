// How many sessions of others are busy at once.
#pragma once

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Unknown while there are sessions this role may not look at.
class ActiveSessions : public Signal {
 public:
  /// `sessions`: how the names of our sessions begin.
  ActiveSessions(int most, std::string sessions);

  async::milliseconds every() const override { return std::chrono::milliseconds(250); }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  std::string sessions_;
};

}  // namespace pgfill::throttle
