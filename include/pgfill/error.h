// Errors a person can act on: what happened, where things stand, the next command; and the exit codes of pgfill.
// The table of codes is error_table.inc. Value types; safe to copy between threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pgfill {

/// Exit codes of the program; a contract with scripts and migration runners. Nothing else is ever returned.
enum class ExitCode : int {
  done = 0,             ///< the asked state is reached
  stopped = 1,          ///< a range fails for good
  usage = 2,            ///< usage or spec error
  refused = 3,          ///< refused, nothing changed
  paused = 4,           ///< paused by a person
  owned_elsewhere = 5,  ///< another runner owns the job
  unreachable = 6,      ///< database unreachable
  differs = 7,          ///< verification found a difference
  cancelled = 8,        ///< cancelled by a person
  guardrail = 9,        ///< guardrail stop (disk, wraparound, slots)
  authentication = 10,  ///< authentication or TLS
  wait_timeout = 11,    ///< wait timed out
  internal = 70,        ///< internal error
  interrupted = 75,     ///< stopped by a signal; run again to resume
};

/// Stable error codes; the value is the number printed as PFnnnn.
enum class ErrorCode : std::uint16_t {
#define PGFILL_ERROR(identifier, number, exit, summary) identifier = number,
#include "pgfill/error_table.inc"
#undef PGFILL_ERROR
};

/// The exit code the program ends with when this error ends it.
constexpr ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
#define PGFILL_ERROR(identifier, number, exit, summary) \
  case ErrorCode::identifier:                           \
    return ExitCode::exit;
#include "pgfill/error_table.inc"
#undef PGFILL_ERROR
  }
  return ExitCode::internal;
}

/// One line that says what the code means in general.
constexpr std::string_view summary_of(ErrorCode code) {
  switch (code) {
#define PGFILL_ERROR(identifier, number, exit, summary) \
  case ErrorCode::identifier:                           \
    return summary;
#include "pgfill/error_table.inc"
#undef PGFILL_ERROR
  }
  return "unknown";
}

/// A place in a spec or statement. `line` and `column` count from 1; line 0 = no place is known.
struct SourcePlace {
  std::string file;       ///< as the user named it; "<sql>" for a statement on the command line
  int line = 0;           ///< 1-based
  int column = 0;         ///< 1-based, in bytes
  std::string line_text;  ///< the text of that line, for the excerpt; may be empty
  int length = 1;         ///< how many bytes to underline
};

/// What happened, where things stand, what to do next. `message` is never empty; the rest may be.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;   ///< what happened, with the value that caused it; no final full stop
  SourcePlace place;     ///< where in the spec, when it is about the spec
  std::string remark;    ///< the short advice printed beside the underline of the excerpt
  std::string sqlstate;  ///< five characters when the server said it
  std::string state;     ///< what is committed and what is not
  std::string hint;      ///< the next command or the change to make
};

}  // namespace pgfill
