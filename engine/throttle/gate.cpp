#include "throttle/gate.h"

namespace pgfill::throttle {

void Gate::close(const std::string& name, std::string sentence) {
  if (reasons_.empty()) closed_since_ = async::Clock::now();
  // A signal's sentence carries its newest value; only the coming of a reason is a change to tell.
  const bool came = !reasons_.contains(name);
  reasons_[name] = std::move(sentence);
  if (!came) return;
  if (on_change) on_change(*this);
  wake();
}

void Gate::open(const std::string& name) {
  if (reasons_.erase(name) == 0) return;
  if (on_change) on_change(*this);
  wake();
}

}  // namespace pgfill::throttle
