// One measured pressure on the database with its limit. A file of its own for each signal in this folder; sampler.cpp
// lists them.
#pragma once

#include <string>

#include "async/task.h"
#include "postgres/session.h"

namespace pgfill::throttle {

/// What a signal says now. A value that is missing, NULL or failing counts as over the limit, and says so.
struct Verdict {
  bool over = false;
  std::string sentence;  ///< when over: signal, value and limit in words
};

/// Not thread-safe; read by one sampler.
class Signal {
 public:
  virtual ~Signal() = default;
  virtual const char* name() const = 0;
  /// Asks the server. Throws postgres::Failure, which the sampler takes as unknown.
  virtual async::Task<Verdict> read(postgres::Session& session) = 0;
};

}  // namespace pgfill::throttle
