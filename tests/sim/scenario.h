// What a seed stands for: the shape of a server and a job, and the faults and people that come upon them.
#pragma once

#include <string>
#include <vector>

#include "sim/database.h"

namespace pgfill::sim {

/// One thing that happens during the safety phase.
struct Fault {
  enum class Kind {
    kill,
    freeze,        ///< SIGSTOP, SIGCONT after `length`
    leap,          ///< the machine of a runner slept for `length`
    cut,           ///< a connection breaks
    cut_silent,    ///< a connection breaks, and nobody is told
    fail_over,     ///< what was committed in the last `length` is lost
    hold_rows,     ///< the application holds rows for `length`
    stall,         ///< replicas replay nothing
    hide,          ///< lag is NULL
    vanish,        ///< a replica is not to be seen
    pressure,      ///< many active sessions
    pause,         ///< by a person, resumed after `length`
    cancel,        ///< by a person
    set_workers,   ///< by a person
    step_clock,    ///< the server's clock
    old_snapshot,  ///< somebody's snapshot keeps the versions of former passes
    one_pass,      ///< a person switches stripes off, and on again
    slow,          ///< large batches time out
    refuse,        ///< a trigger refuses a row, as if another try could help
  };
  Kind kind = Kind::kill;
  Duration at{0};  ///< from the beginning
  Duration length{0};
  int who = 0;  ///< which runner, or a number of whatever it is
};

struct Scenario {
  std::uint64_t seed = 0;
  Shape shape;
  int runners = 1;
  std::vector<Fault> faults;
};

Scenario scenario_of(std::uint64_t seed);
std::string describe(const Scenario& scenario);

/// What running a scenario has shown.
struct Verdict {
  std::vector<std::string> violations;  ///< of the properties
  std::uint64_t hash = 0;               ///< of everything that happened
  std::uint64_t steps = 0;
  double seconds = 0;             ///< of virtual time
  std::int64_t batches = 0;       ///< committed
  std::int64_t slow_batches = 0;  ///< that were cancelled or took too long
  double blamed_at = 0;           ///< when a row first was taken for bad; 0: none was
};

Verdict simulate(const Scenario& scenario);

/// A scenario with fewer faults and rows that is still violated.
Scenario shrink(const Scenario& scenario);

}  // namespace pgfill::sim
