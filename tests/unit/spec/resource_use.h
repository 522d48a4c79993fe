// What a call costs: processor time of this thread, and memory, bounded by the kernel in a child process.
#pragma once

#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <new>

namespace pgfill::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__clang__)
inline constexpr bool measured_build = false;
#elif defined(__OPTIMIZE__)
inline constexpr bool measured_build = true;
#else
inline constexpr bool measured_build = false;
#endif

/// What a hostile text may cost in a release build: 0.1 s on a machine that does nothing else. Sanitizers and builds
/// without optimization take a multiple, which is bounded too: what costs quadratic time would take minutes there.
inline constexpr double most_seconds = measured_build ? 0.2 : 5;
inline constexpr rlim_t most_bytes = (measured_build ? rlim_t{64} : rlim_t{2048}) << 20U;

/// Of this thread: what else the machine does is not counted.
inline double used_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The least of a few tries, because a busy machine makes each of them longer. Tries again only when over `enough`.
template <class Action>
double least_seconds(const Action& action, double enough) {
  double least = 0;
  for (int tries = 0; tries < 5 && (tries == 0 || least >= enough); ++tries) {
    const double begin = used_seconds();
    action();
    const double took = used_seconds() - begin;
    least = tries == 0 ? took : std::min(least, took);
  }
  return least;
}

/// The address space of this process.
inline rlim_t address_space_bytes() {
  rlim_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}

/// Whether the kernel gives this much more address space; the allocator may have free room that is counted already.
inline bool gets_memory(rlim_t bytes) {
  return mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

/// Whether `action` returns true in a child process that cannot get more than `bytes` of memory beyond what it has.
template <class Action>
bool succeeds_within(rlim_t bytes, const Action& action) {
  const pid_t child = fork();
  if (child == 0) {
    malloc_trim(0);  // what earlier tests gave back would be used without being counted
    const rlim_t most = address_space_bytes() + bytes;
    const rlimit limit{most, most};
    bool success = false;
    try {
      success = setrlimit(RLIMIT_AS, &limit) == 0 && action();
    } catch (const std::bad_alloc&) {
    }
    _exit(success ? 0 : 1);
  }
  int status = -1;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace pgfill::test
