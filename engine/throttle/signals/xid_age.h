// Numbers of transactions and multixacts that are used up: each batch takes one, and a server that VACUUM does not keep
// ahead of them refuses to write in the end.
#pragma once

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// The share of the numbers in use on the whole server, for transactions and for multixacts. The subject names the
/// oldest database, and near the limit the table in it where it is the job's own database.
class XidAge : public Signal {
 public:
  /// `most`: 0 to 1.
  explicit XidAge(double most);

  async::milliseconds every() const override { return std::chrono::seconds(5); }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;
};

}  // namespace pgfill::throttle
