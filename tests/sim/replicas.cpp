#include "sim/replicas.h"

#include <algorithm>

namespace pgfill::sim {

void Replicas::drain() {
  const TimePoint now = world_.time();
  if (drained_at_ == TimePoint{}) drained_at_ = now;
  const TimePoint from = std::max(drained_at_, std::min(stalled_until_, now));
  const double seconds = std::chrono::duration<double>(now - from).count();
  drained_at_ = now;
  double worst = 0;
  for (Replica& replica : replicas_) {
    replica.behind = std::max(0.0, replica.behind - seconds * rate_ * replica.speed);
    replica.speed = std::clamp(replica.speed * (0.95 + 0.1 * uniform(world_.random())), 0.3, 3.0);
    worst = std::max(worst, replica.behind);
  }
  if (worst <= limit_) over_since_.reset();
}

void Replicas::written(double amount) {
  drain();
  for (Replica& replica : replicas_) {
    replica.behind += amount;
    if (replica.behind > limit_ && !over_since_) over_since_ = world_.time();
  }
}

std::vector<std::optional<double>> Replicas::seen() {
  drain();
  std::vector<std::optional<double>> lags;
  for (std::size_t number = 0; number < replicas_.size(); ++number) {
    if (number == 0 && vanished_until_ > world_.time()) continue;
    lags.emplace_back();
    if (hidden_until_ <= world_.time()) lags.back() = replicas_[number].behind;
  }
  return lags;
}

std::optional<TimePoint> Replicas::over_since() {
  drain();
  return over_since_;
}

void Replicas::reset() {
  drain();
  for (Replica& replica : replicas_) replica.behind = 0;
  over_since_.reset();
}

}  // namespace pgfill::sim
