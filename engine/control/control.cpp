// The steering wheel of a run (pgfill/job.h): counters for what a signal handler may touch, a mutex for the rest.
#include <mutex>

#include "pgfill/job.h"

namespace pgfill {

struct Control::Paused {
  mutable std::mutex mutex;
  bool paused = false;
  std::string reason;
};

Control::Control() : paused_(std::make_unique<Paused>()) {}
Control::~Control() = default;

void Control::stop() noexcept {
  stops_.fetch_add(1);
  version_.fetch_add(1);
}

void Control::pause(std::string reason) {
  const std::lock_guard lock(paused_->mutex);
  paused_->paused = true;
  paused_->reason = std::move(reason);
  version_.fetch_add(1);
}

void Control::resume() {
  const std::lock_guard lock(paused_->mutex);
  paused_->paused = false;
  version_.fetch_add(1);
}

Control::Request Control::request() const {
  const std::lock_guard lock(paused_->mutex);
  return {stops_.load(), paused_->paused, paused_->reason};
}

}  // namespace pgfill
