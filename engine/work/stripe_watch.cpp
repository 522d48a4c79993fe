#include "work/stripe_watch.h"

#include <algorithm>
#include <utility>

namespace pgfill::work {
namespace {

/// A verdict needs so many rows: some batches of every worker.
constexpr std::int64_t enough_rows = 10'000;
/// Where stripes work, four of five updates and more stay on their page; where they do not, none.
constexpr double least_share = 0.4;
constexpr std::chrono::seconds first_pause{60};
constexpr std::chrono::seconds longest_pause{960};

}  // namespace

bool StripeWatch::measured(std::int64_t on_page, std::int64_t changed, async::TimePoint now) {
  on_page_ += on_page;
  changed_ += changed;
  if (changed_ < enough_rows) return false;
  share_ = static_cast<double>(on_page_) / static_cast<double>(changed_);
  on_page_ = changed_ = 0;
  const bool pays = share_ >= least_share;
  if (pays) {
    pause_ = std::chrono::seconds(0);
  } else if (now >= off_until_) {
    pause_ = std::clamp(pause_ * 2, first_pause, longest_pause);
    off_until_ = now + pause_;
  }
  return std::exchange(paid_, pays) != pays;
}

}  // namespace pgfill::work
