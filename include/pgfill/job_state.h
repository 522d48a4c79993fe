// In what state a job is: one table of names for the ledger, JSON, metrics and people. Value types.
#pragma once

#include <optional>
#include <string_view>

namespace pgfill {

/// Every state with its name. `kept`: the ledger stores it; the others are what a running job is shown as.
#define PGFILL_JOB_STATES(STATE)                                          \
  STATE(registered, kept) /* planned; nobody has run it yet */            \
  STATE(running, kept)    /* begun and not ended, by whomever */          \
  STATE(stopped, kept)    /* ended before its end, on request */          \
  STATE(failed, kept)     /* ended before its end, by a failure */        \
  STATE(cancelled, kept)  /* ended for good, until it is resumed */       \
  STATE(done, kept)       /* nothing is left of it */                     \
  STATE(pausing, shown)   /* a pause is asked and not acknowledged */     \
  STATE(paused, shown)    /* no batch begins, as somebody asked */        \
  STATE(throttled, shown) /* no batch begins, for another reason */       \
  STATE(stopping, shown)  /* the present batches finish, then it stops */ \
  STATE(crashed, shown)   /* running, but its runner is silent */

/// The states of PGFILL_JOB_STATES.
enum class JobState {
#define PGFILL_STATE(name, where) name,
  PGFILL_JOB_STATES(PGFILL_STATE)
#undef PGFILL_STATE
};

/// For instance "running".
constexpr std::string_view name_of(JobState state) {
  constexpr std::string_view names[] = {
#define PGFILL_STATE(name, where) #name,
      PGFILL_JOB_STATES(PGFILL_STATE)
#undef PGFILL_STATE
  };
  return names[static_cast<int>(state)];
}

/// Whether the ledger stores it.
constexpr bool is_kept(JobState state) {
  constexpr bool kept = true;
  constexpr bool shown = false;
  constexpr bool places[] = {
#define PGFILL_STATE(name, where) where,
      PGFILL_JOB_STATES(PGFILL_STATE)
#undef PGFILL_STATE
  };
  return places[static_cast<int>(state)];
}

/// Nothing for what is no name of a state.
constexpr std::optional<JobState> job_state_of(std::string_view name) {
  for (int state = 0; state <= static_cast<int>(JobState::crashed); ++state) {
    if (name_of(static_cast<JobState>(state)) == name) return static_cast<JobState>(state);
  }
  return std::nullopt;
}

}  // namespace pgfill
