// A program on a terminal of its own, as a person would use it: type keys, read the screen's bytes.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace pgfill::tests {

/// Owns the child: it is killed and reaped with the object. Not thread-safe.
class PseudoTerminal {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;

  /// 24 rows of `columns`. `environment` is added to a bare one: TERM=xterm and PATH.
  PseudoTerminal(const std::string& program, std::vector<std::string> arguments, const Environment& environment,
                 unsigned short columns = 80);
  ~PseudoTerminal();
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  /// True as soon as the program has printed `text`; false when it ended or `patience` passed without.
  bool shows(const std::string& text, std::chrono::milliseconds patience = std::chrono::seconds{20});
  void type(const std::string& keys);
  /// Reads to the end. The exit code; -1 when a signal ended it.
  int finish();
  /// Everything printed so far, with its escapes.
  const std::string& output() const { return output_; }

 private:
  /// False at the end of the output.
  bool read_some(std::chrono::milliseconds patience);

  pid_t pid_ = -1;
  int terminal_ = -1;
  std::string output_;
};

}  // namespace pgfill::tests
