// Another service says whether the job may go on, as freno does: the answer 200 means yes, everything else no.
#pragma once

#include "http/get.h"
#include "pgfill/throttle.h"
#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Its subject is the address. No answer in time is a no.
class HttpCheck : public Signal {
 public:
  explicit HttpCheck(const HttpSignal& spec);

  async::milliseconds every() const override { return every_; }
  bool elsewhere() const override { return true; }
  async::Task<std::vector<Reading>> read_elsewhere() override;

 private:
  std::string url_;
  async::milliseconds every_;
  http::Client client_;
};

}  // namespace pgfill::throttle
