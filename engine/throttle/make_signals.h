// The list of signals of a job, in the order they are read: the one place that knows them all.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
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

std::vector<std::unique_ptr<Signal>> make_signals(const Throttle& limits, const SignalContext& context);

}  // namespace pgfill::throttle
