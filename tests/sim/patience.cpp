#include "sim/patience.h"

#include <algorithm>
#include <utility>

namespace pgfill::sim {
namespace {

using std::chrono::milliseconds;

/// The longest that a pause of the first failure may be; it is half of that at least.
milliseconds first_pause(event::BatchFailed::Kind failure) {
  return milliseconds(failure == event::BatchFailed::Kind::reconnect ? 200 : 50);
}

constexpr milliseconds least_of_the_longest{2500};

}  // namespace

std::string Patience::judge(const Failing& failing, const event::BatchFailed& failure) {
  const milliseconds first = first_pause(failure.failure);
  const milliseconds least = std::min(least_of_the_longest, first / 2 * (1 << std::min(failing.in_vain - 1, 10)));
  if (failure.delay < least) {
    return "try " + std::to_string(failing.in_vain) + " in vain, and a pause of " +
           std::to_string(failure.delay.count()) + " ms only";
  }
  if (failing.got_on && failure.delay > first) return "a range has got on, but its pause is not the first one";
  return {};
}

std::string Patience::failed(const event::BatchFailed& failure, std::int64_t batches, TimePoint now) {
  Failing& failing = failure.range != 0 ? ranges_[failure.range] : workers_[failure.worker];
  // A commit whose answer was lost is known to the worker only when the range is leased again.
  const bool achieved = failure.range != 0 && failing.batches && *failing.batches != batches;
  failing.in_vain = achieved ? 1 : failing.in_vain + 1;
  std::string violated = judge(failing, failure);
  if (achieved) failing.in_vain = 0;
  failing.got_on = false;
  failing.due = now + failure.delay;
  return violated;
}

std::string Patience::worker_tries(int worker, TimePoint now) {
  const auto found = workers_.find(worker);
  if (found == workers_.end() || now >= found->second.due) return {};
  return "a worker tries again before its pause is over";
}

std::string Patience::range_tries(std::int64_t range, TimePoint now) {
  const auto found = ranges_.find(range);
  if (found == ranges_.end() || now >= found->second.due) return {};
  return "a range is tried again before its pause is over";
}

void Patience::leased(int worker, std::int64_t range, std::int64_t batches) {
  workers_.erase(worker);
  Failing& failing = ranges_[range];
  if (!failing.batches) failing.in_vain = 0;  // where it stood before is not known: all pauses begin anew
  failing.got_on = failing.batches && *failing.batches < batches;
  failing.batches = batches;
}

void Patience::on_timeline(int timeline) {
  if (std::exchange(timeline_, timeline) == timeline) return;
  for (auto& [range, failing] : ranges_) failing = {0, false, std::nullopt, failing.due};
}

}  // namespace pgfill::sim
