// The signals of a job, in the order they are read.
#pragma once

#include "throttle/signals/add_signal.h"

namespace pgfill::throttle {

Signals make_signals(const Throttle& limits, const SignalContext& context);

}  // namespace pgfill::throttle
