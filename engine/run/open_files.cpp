#include "run/open_files.h"

#include <sys/resource.h>

#include <string>

namespace pgfill::run {
namespace {

/// The standard streams, the log, what the event loop and the resolver need, and the sessions that are nobody's: of the
/// control, of a cancellation, of VACUUM.
constexpr rlim_t always_open = 24;

}  // namespace

std::optional<Error> allow_open_files(const JobSpec& spec, int workers) {
  const std::size_t asked = spec.throttle.replicas.size() + spec.throttle.http.size();
  const rlim_t needed = always_open + static_cast<rlim_t>(workers) + static_cast<rlim_t>(asked);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return std::nullopt;
  rlimit raised = limit;
  raised.rlim_cur = needed;
  if (limit.rlim_max >= needed && setrlimit(RLIMIT_NOFILE, &raised) == 0) return std::nullopt;
  const std::string files = std::to_string(needed);
  Error error;
  error.code = ErrorCode::open_files;
  error.message = "the process may have " + std::to_string(limit.rlim_max) +
                  " files and connections open, but the job " + spec.job + " with " + std::to_string(workers) +
                  (workers == 1 ? " worker" : " workers") + " needs " + files;
  error.state = "nothing was changed";
  error.hint = "run `ulimit -n " + files + "` first, or ask for fewer workers";
  return error;
}

}  // namespace pgfill::run
