#include "throttle/make_signals.h"

#include "throttle/signals/custom_query.h"

namespace pgfill::throttle {

Signals make_signals(const Throttle& limits, const SignalContext& context) {
  Signals signals;
#define PGFILL_ADD_SIGNAL(name) add_##name(limits, context, signals);
  PGFILL_SIGNALS(PGFILL_ADD_SIGNAL)
#undef PGFILL_ADD_SIGNAL
  for (const SqlSignal& signal : limits.signals) add<CustomQuery>(signals, signal, context.search_path);
  return signals;
}

}  // namespace pgfill::throttle
