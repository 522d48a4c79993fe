// What keeps dead rows of the table alive: while an old snapshot may still want them, updates only make the table grow.
#pragma once

#include <cstdint>

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// The age of the oldest holder, which is its subject: a session, a slot, a prepared transaction, a replica. Nothing
/// while the table has no dead rows to speak of. How long a holder has been there is counted from when it was first
/// seen, where the server does not tell.
class OldestXmin : public Signal {
 public:
  /// `sessions`: how the names of our sessions begin; ours do not count.
  OldestXmin(async::milliseconds age, std::uint32_t table, std::string sessions);

  async::milliseconds every() const override { return std::chrono::seconds(2); }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  std::uint32_t table_;
  std::string sessions_;
  std::string holder_;  ///< with its transaction number
  async::TimePoint first_seen_{};
};

}  // namespace pgfill::throttle
