// A value or the Error that explains why there is none. Small and our own, because public headers carry no third-party
// types and C++20 has no std::expected.
#pragma once

#include <cassert>
#include <utility>
#include <variant>

#include "pgfill/error.h"

namespace pgfill {

/// Holds exactly one of T and Error. Thread-safety: as T. Reading the side that is not there is a bug and asserts.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return has_value(); }

  T& value() & { return get(); }
  const T& value() const& { return const_cast<Result*>(this)->get(); }
  T&& value() && { return std::move(get()); }
  T& operator*() & { return get(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &get(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    assert(!has_value());
    return *std::get_if<Error>(&state_);
  }

 private:
  T& get() {
    assert(has_value());
    return *std::get_if<T>(&state_);
  }

  std::variant<T, Error> state_;
};

}  // namespace pgfill
