// How a signal joins a job: add_<name> of each file of this folder looks at the limits and adds its signal where it is
// asked for. The list of names is PGFILL_SIGNALS of pgfill/throttle.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pgfill/throttle.h"
#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// What signals must know of the job. A value.
struct SignalContext {
  std::string job;
  std::string sessions;     ///< how the names of its sessions begin: "pgfill:<job>/"
  std::uint32_t table = 0;  ///< OID of the table it changes; 0: not known, signals about it are left out
  std::string search_path = R"("$user", public)";    ///< for the queries of the spec's own signals
  std::int64_t wal_used = 0;                         ///< bytes of wal_budget that are used already
  std::optional<std::int64_t> table_bytes_at_start;  ///< from which growth counts; empty: the first reading
};

using Signals = std::vector<std::unique_ptr<Signal>>;

template <class S, class... Arguments>
void add(Signals& signals, Arguments&&... arguments) {
  signals.push_back(std::make_unique<S>(std::forward<Arguments>(arguments)...));
}

constexpr double share(int percent) {
  return percent / 100.0;
}

#define PGFILL_DECLARE_SIGNAL(name) \
  void add_##name(const Throttle& limits, const SignalContext& context, Signals& signals);
PGFILL_SIGNALS(PGFILL_DECLARE_SIGNAL)
#undef PGFILL_DECLARE_SIGNAL

}  // namespace pgfill::throttle
