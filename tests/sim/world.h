// A machine room in one thread: processes whose handlers run in an order drawn from a seed, each with a clock of its
// own, which can be stopped, continued and killed at any await point. It knows nothing of databases or jobs.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "async/timer.h"

namespace pgfill::sim {

using async::TimePoint;
using Duration = async::Clock::duration;
using Random = std::mt19937_64;

inline double uniform(Random& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53;
}
/// An integer from `low` to `high`, both included.
inline std::int64_t between(Random& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
}

class World;

/// The executor of one process. As that of an io_context it runs what is dispatched from inside the process at once.
class ProcessExecutor {
 public:
  ProcessExecutor(World& world, int process, bool at_once = true)
      : world_(&world), process_(process), inline_(at_once) {}

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept;
  boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
    if (inline_) return boost::asio::execution::blocking.possibly;
    return boost::asio::execution::blocking.never;
  }
  ProcessExecutor require(boost::asio::execution::blocking_t::possibly_t) const noexcept {
    return {*world_, process_, true};
  }
  ProcessExecutor require(boost::asio::execution::blocking_t::never_t) const noexcept {
    return {*world_, process_, false};
  }
  template <class Function>
  void execute(Function function) const;
  bool operator==(const ProcessExecutor& other) const noexcept = default;
  int process() const { return process_; }

 private:
  World* world_;
  int process_;
  bool inline_;
};

/// While it lives, async::Clock goes by it. Not thread-safe, one at a time.
class World : public async::VirtualTime {
 public:
  explicit World(std::uint64_t seed);
  ~World() override;

  int add_process();
  ProcessExecutor executor(int process) { return {*this, process}; }
  /// SIGSTOP: nothing of it runs, timers pass unseen. SIGCONT.
  void stop(int process) { processes_[at(process)].stopped = true; }
  void go_on(int process);
  /// SIGKILL: nothing of it ever runs again (its memory is kept until revive()).
  void kill(int process) { processes_[at(process)].dead = true; }
  /// For tidying up: the dead go on, so that their coroutines can end.
  void revive(int process) { processes_[at(process)].dead = false; }
  bool dead(int process) const { return processes_[at(process)].dead; }
  bool running(int process) const { return !processes_[at(process)].dead && !processes_[at(process)].stopped; }
  /// A machine that slept: its clock leaps ahead.
  void leap(int process, Duration ahead) { processes_[at(process)].ahead += ahead; }

  /// Calls `action` at a true time, outside of all processes.
  void schedule(TimePoint moment, std::function<void()> action);
  /// Runs until `done`, until `limit`, or until nothing can happen any more. True when done.
  bool run(const std::function<bool()>& done, TimePoint limit);

  bool is_inside(int process) const { return current_ == process; }

  TimePoint time() const { return time_; }  ///< true time
  Random& random() { return random_; }
  /// Adds to the hash of everything that happened.
  void trace(std::uint64_t what);
  std::uint64_t hash() const { return hash_; }
  std::uint64_t steps() const { return steps_; }
  /// Something goes round without waiting.
  bool spins() const { return steps_at_once_ > 100'000; }

  // VirtualTime
  TimePoint now() override;
  std::uint64_t add(TimePoint moment, const boost::asio::any_io_executor& executor,
                    std::unique_ptr<Waiter> waiter) override;
  std::unique_ptr<Waiter> take(std::uint64_t number) override;

  struct Handler {
    virtual ~Handler() = default;
    virtual void run() = 0;
  };
  void post(int process, std::unique_ptr<Handler> handler);
  boost::asio::execution_context& context() { return context_; }

 private:
  struct Process {
    bool stopped = false;
    bool dead = false;
    Duration ahead{0};
    std::vector<std::unique_ptr<Handler>> ready;
  };
  struct Wait {
    TimePoint moment;
    int process;
    std::unique_ptr<Waiter> waiter;
  };
  static std::size_t at(int process) { return static_cast<std::size_t>(process); }
  bool run_one();
  bool advance(TimePoint limit);

  Random random_;
  boost::asio::execution_context context_;
  std::vector<Process> processes_;
  std::map<std::uint64_t, Wait> waits_;
  std::multimap<TimePoint, std::function<void()>> actions_;
  std::uint64_t next_wait_ = 1;
  TimePoint time_{std::chrono::hours(1)};
  int current_ = -1;  ///< the process that runs
  std::uint64_t hash_ = 14695981039346656037U;
  std::uint64_t steps_ = 0;
  std::uint64_t steps_at_once_ = 0;  ///< since time went on
};

template <class Function>
void ProcessExecutor::execute(Function function) const {
  if (inline_ && world_->is_inside(process_)) {
    std::move(function)();
    return;
  }
  struct Held : World::Handler {
    explicit Held(Function held) : function(std::move(held)) {}
    void run() override { std::move(function)(); }
    Function function;
  };
  world_->post(process_, std::make_unique<Held>(std::move(function)));
}

inline boost::asio::execution_context& ProcessExecutor::query(boost::asio::execution::context_t) const noexcept {
  return world_->context();
}

}  // namespace pgfill::sim
