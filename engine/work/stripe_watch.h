// Whether going over a table in stripes pays at present, by the share of updates that found room on their page.
// While an old snapshot keeps the versions of former passes alive hardly any does, and one pass is cheaper. Pure:
// counts and times come in, a verdict goes out.
#pragma once

#include <cstdint>

#include "async/time.h"

namespace pgfill::work {

/// Not thread-safe; a value.
class StripeWatch {
 public:
  /// Of rows changed in a pass that followed another over the same pages: how many stayed on their page. True when the
  /// verdict changes.
  bool measured(std::int64_t on_page, std::int64_t changed, async::TimePoint now);
  /// False: what is left of a range is done in one pass. After a while it is tried again, ever more rarely.
  bool pays(async::TimePoint now) const { return now >= off_until_; }
  /// 0 to 1, as of the last verdict.
  double share() const { return share_; }

 private:
  std::int64_t on_page_ = 0;
  std::int64_t changed_ = 0;
  double share_ = 1;
  bool paid_ = true;
  async::TimePoint off_until_ = async::TimePoint::min();
  std::chrono::seconds pause_{0};
};

}  // namespace pgfill::work
