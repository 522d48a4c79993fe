#include "throttle/gate.h"

namespace pgfill::throttle {

void Gate::close(const std::string& name, std::string sentence) {
  if (reasons_.add(name, std::move(sentence), async::Clock::now())) tell_change();
}

void Gate::open(const std::string& name) {
  if (reasons_.remove(name)) tell_change();
}

void Gate::tell_change() {
  if (on_change) on_change(*this);
  wake();
}

}  // namespace pgfill::throttle
