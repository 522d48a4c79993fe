// What the server, or the way to it, said no with.
#pragma once

#include <stdexcept>
#include <string>

#include "pgfill/error.h"
#include "postgres/failure_class.h"

namespace pgfill::postgres {

/// At most so many bytes of a text, whole characters, with the length of what it was.
std::string shortened(std::string text, std::size_t most);

/// Thrown by Session. `what()` is the server's primary message without a final line break.
class Failure : public std::runtime_error {
 public:
  Failure(std::string sqlstate, const std::string& message, std::string detail = {}, std::string hint = {});

  /// One that the engine raises, or stands for: `condition` has a state of its own.
  Failure(Condition condition, const std::string& message);

  /// For words only: what is decided is decided by failure_class() and condition().
  const std::string& sqlstate() const { return sqlstate_; }  ///< five characters; empty: the connection broke
  const std::string& detail() const { return detail_; }
  const std::string& hint() const { return hint_; }
  FailureClass failure_class() const { return class_; }
  Condition condition() const { return condition_; }
  /// Character position in the statement counted from 1; 0 = unknown.
  int position = 0;
  /// False: a statement of the engine's own failed, which evaluates nothing of the job's. No row is to blame then.
  bool of_job = true;
  /// Raised by the code of a function, a trigger's for instance, and not by the server itself.
  bool by_function = false;

 private:
  std::string sqlstate_;
  std::string detail_;
  std::string hint_;
  FailureClass class_;
  Condition condition_;
};

/// What the server said with its detail (the other row of a unique violation, say), at a length that people read.
std::string with_detail(const Failure& failure);

/// The same as an Error for a person; `doing` completes "while ...".
Error to_error(const Failure& failure, const std::string& doing);

}  // namespace pgfill::postgres
