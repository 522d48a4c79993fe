// Loaded before the program (LD_PRELOAD) by host_faults_test: one allocation fails, name look-ups hang, timers are the
// kernel's own.
//   PGFILL_TEST_FAILING_ALLOCATION  the number of the allocation that fails, counted from 1
//   PGFILL_TEST_HANG                look-ups wait as long as this file exists
#include <dlfcn.h>
#include <netdb.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

extern "C" {

void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);

}  // extern "C"

namespace {

constexpr useconds_t look_interval = 10'000;

std::atomic<long> allocations{0};

/// Asks for no memory itself.
long failing_allocation() {
  static const long number = [] {
    const char* text = std::getenv("PGFILL_TEST_FAILING_ALLOCATION");
    return text == nullptr ? 0 : std::atol(text);
  }();
  return number;
}

bool fails() {
  if (++allocations != failing_allocation()) return false;
  errno = ENOMEM;
  return true;
}

}  // namespace

extern "C" {

void* malloc(std::size_t bytes) {
  return fails() ? nullptr : __libc_malloc(bytes);
}

void* calloc(std::size_t count, std::size_t bytes) {
  return fails() ? nullptr : __libc_calloc(count, bytes);
}

void* realloc(void* memory, std::size_t bytes) {
  return fails() ? nullptr : __libc_realloc(memory, bytes);
}

/// libfaketime, loaded after this, moves timers of the monotonic clock as well, told to leave that clock alone or not
/// (its issue 378): one that is due at once then fires a day later.
int timerfd_settime(int timer, int flags, const itimerspec* due, itimerspec* former) {
  return static_cast<int>(syscall(SYS_timerfd_settime, timer, flags, due, former));
}

int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  const char* file = std::getenv("PGFILL_TEST_HANG");
  while (file != nullptr && access(file, F_OK) == 0) usleep(look_interval);
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(host, service, hints, found);
}

}  // extern "C"
