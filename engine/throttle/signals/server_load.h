// The load average of the server's host for each of its processors, where it can be seen from here.
#pragma once

#include <optional>
#include <string_view>

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Works only on the server's own host; elsewhere it is not watched and says so.
class ServerLoad : public Signal {
 public:
  /// `share`: of the processors; 1 = each has one task.
  explicit ServerLoad(double share);

  async::Task<std::vector<Reading>> read(postgres::Session& session) override;
  std::string not_watched() const override { return not_watched_; }

 private:
  std::string not_watched_;
};

/// The first figure of /proc/loadavg; nothing when it is none.
std::optional<double> load_of_last_minute(std::string_view loadavg);

}  // namespace pgfill::throttle
