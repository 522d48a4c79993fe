#include "cli/cadence.h"

namespace pgfill::cli {

using namespace std::chrono_literals;

std::chrono::milliseconds EasingCadence::interval_at(std::chrono::milliseconds elapsed) {
  if (elapsed < 1min) return 1s;
  return elapsed < 10min ? 5s : 30s;
}

bool EasingCadence::due(std::chrono::milliseconds elapsed) {
  // The first line waits one interval: what begins has just been said.
  if (elapsed - last_ < interval_at(elapsed)) return false;
  last_ = elapsed;
  return true;
}

bool FrameLimit::due(std::chrono::steady_clock::time_point now) {
  if (last_ && now - *last_ < interval_) return false;
  last_ = now;
  return true;
}

}  // namespace pgfill::cli
