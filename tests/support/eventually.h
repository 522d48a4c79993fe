// Waiting for a condition with a deadline, instead of sleeping and hoping.
#pragma once

#include <chrono>
#include <thread>

namespace pgfill::tests {

/// True as soon as `condition()` is; false when `patience` has passed.
template <class Condition>
bool eventually(std::chrono::milliseconds patience, Condition condition) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

}  // namespace pgfill::tests
