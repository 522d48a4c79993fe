// `pgfill demo`: a scratch primary and replica, live writers, one real job that is killed on the way and resumed, and
// the proof of its result. Shown on screen; everything it makes is removed.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "pgfill/result.h"

namespace pgfill::demo {

struct DemoOptions {
  std::int64_t rows = 1'000'000;  ///< of the users table; at least 1
  bool keep = false;              ///< leave the servers running until somebody presses Enter
  std::string program;            ///< the pgfill to run the job with; empty: this one
};

/// Blocks; Ctrl-C ends the process with exit code 75, and the servers with it. The exit code is that of the job when it
/// failed, ExitCode::differs when the oracle found something wrong. Errors: demo_failed.
Result<ExitCode> run_demo(const DemoOptions& options, std::istream& in, std::ostream& out);

}  // namespace pgfill::demo
