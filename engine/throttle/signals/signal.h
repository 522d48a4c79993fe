// One measured pressure on the database with its limit. A file of its own for each signal in this folder;
// PGFILL_SIGNALS of pgfill/throttle.h lists them. A signal measures and names; what follows from it the controller
// decides.
#pragma once

#include <string>
#include <vector>

#include "async/clock.h"
#include "async/task.h"
#include "postgres/session.h"
#include "throttle/reading.h"

namespace pgfill::throttle {

/// A signal's own questions are small: no answer within this time means that the connection is lost.
inline constexpr async::milliseconds answer_time{5'000};
inline const postgres::Parameters no_parameters;

/// The most effort a signal allows, whatever the readings say: a time window, for instance.
struct EffortCap {
  double effort = 1;       ///< share of the free rate; 0: no batch may begin
  bool courteous = false;  ///< no more than short batches, one at a time
  std::string sentence;    ///< why, when it is below 1
};

/// Not thread-safe; read by one sampler.
class Signal {
 public:
  virtual ~Signal() = default;
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  /// As the spec calls it, and as a person overrides it.
  const char* name() const { return pattern_.signal.c_str(); }
  /// How often it is to be read.
  virtual async::milliseconds every() const { return std::chrono::seconds(1); }
  /// Asks the server. One reading for each subject it speaks of now; a subject it names no more is not expected any
  /// more, so one that must not be lost (a replica) is named as unknown. Empty: nothing to say, nothing wrong. Throws
  /// postgres::Failure, which counts as unknown.
  virtual async::Task<std::vector<Reading>> read(postgres::Session& session);
  /// The same for a signal that asks somebody else than the job's server and so may take a while: it is read apart from
  /// the others, which do not wait for it.
  virtual async::Task<std::vector<Reading>> read_elsewhere();
  virtual bool elsewhere() const { return false; }

  /// Why this signal, though asked for, cannot be watched here and holds nothing back; empty: it is watched.
  virtual std::string not_watched() const { return {}; }
  /// Server processes of ours whose present statements should be cancelled, because others wait for them.
  virtual std::vector<int> backends_in_the_way() const { return {}; }
  virtual EffortCap effort_cap() const { return {}; }

  /// A reading of this signal, made now.
  Reading known(double value, std::string subject = {}) const;
  Reading unknown(std::string why, std::string subject = {}) const;

 protected:
  Signal(std::string name, SignalKind kind, double limit, Unit unit, Bad bad = Bad::above);

  double limit() const { return pattern_.limit; }

 private:
  Reading made(std::string subject) const;

  Reading pattern_;  ///< what all its readings have in common
};

}  // namespace pgfill::throttle
