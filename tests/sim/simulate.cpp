// Runs one scenario: a safety phase with faults, a liveness phase without, and what must hold at the end.
#include <algorithm>
#include <iostream>

#include "sim/runner.h"
#include "sim/scenario.h"

namespace pgfill::sim {
namespace {

using namespace std::chrono_literals;

/// How soon whatever watches over runners starts another one.
constexpr Duration restart_after = 300ms;
constexpr Duration takeover_limit = 11s;  ///< the lease and a second
/// Speed comes back within this time after pressure.
constexpr Duration recovery = 30s;

Duration clock_step(const Fault& fault) {
  return fault.who % 2 == 0 ? fault.length : -fault.length;
}

class Simulation {
 public:
  explicit Simulation(const Scenario& scenario)
      : scenario_(scenario), world_(scenario.seed), database_(world_, scenario.shape), begin_(world_.time()) {
    slots_.resize(static_cast<std::size_t>(scenario.runners));
    quiet_from_ = begin_;
    for (const Fault& fault : scenario.faults) plan(fault);
  }

  Verdict run() {
    watch_over();
    const TimePoint taken_over = quiet_from_ + takeover_limit + clock_put_back_;
    world_.schedule(taken_over + 2 * restart_after, [this] { check_takeover(); });
    const TimePoint limit = taken_over + recovery + work_time();
    const bool done = world_.run([this] { return done_; }, limit);
    if (world_.spins()) violations_.push_back("something goes round without waiting");
    if (!done) violations_.push_back("the job does not end after the faults have stopped");
    if (done) check_end();
    const double seconds = std::chrono::duration<double>(world_.time() - begin_).count();
    Verdict verdict{{}, world_.hash(), world_.steps(), seconds, database_.batches(), database_.slow_batches()};
    if (database_.blamed_at) {
      verdict.blamed_at = std::chrono::duration<double>(*database_.blamed_at - begin_).count();
    }
    collect(verdict);
    tidy_up();
    return verdict;
  }

 private:
  Duration work_time() const {
    const Shape& shape = scenario_.shape;
    const Duration rows = (shape.row_cost + shape.network * 4 + shape.commit_cost) * shape.rows;
    const auto drain = std::chrono::duration<double>(shape.rows / shape.drain_rate * 20);
    // A batch that costs much whatever its rows holds as many as take some milliseconds, or the most there may be.
    const double batches =
        std::max(std::chrono::duration<double>(shape.row_cost * shape.rows) / 5ms, shape.rows / 20.0) + 100;
    const auto fixed = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(shape.batch_cost) * batches);
    const Duration passes = (shape.network * 4 + shape.commit_cost + shape.batch_cost) * shape.ranges * shape.stripes;
    return (rows + passes + fixed) * 4 + std::chrono::duration_cast<Duration>(drain) + 5s;
  }

  Runner* runner(int who) {
    auto& slot = slots_[static_cast<std::size_t>(who) % slots_.size()];
    return slot && slot->running() ? slot : nullptr;
  }

  void watch_over() {
    for (Runner*& slot : slots_) {
      // A failover after the end may take the end back: then the job is run again.
      if (slot && slot->exit() == Exit::done && database_.all_done()) done_ = true;
      if (done_ || (slot && !slot->ended() && !world_.dead(slot->process()))) continue;
      runners_.push_back(std::make_unique<Runner>(world_, database_, scenario_.shape,
                                                  static_cast<unsigned>(scenario_.seed + runners_.size())));
      slot = runners_.back().get();
      slot->start();
    }
    if (!done_) world_.schedule(world_.time() + restart_after, [this] { watch_over(); });
  }

  void plan(const Fault& fault) {
    const TimePoint at = begin_ + fault.at;
    quiet_from_ = std::max(quiet_from_, at + fault.length);
    if (fault.kind == Fault::Kind::step_clock) clock_put_back_ += std::max(Duration(0), -clock_step(fault));
    world_.schedule(at, [this, fault] { strike(fault); });
    world_.schedule(at + fault.length, [this, fault] { lift(fault); });
  }

  void strike(const Fault& fault) {
    if (over_) return;
    database_.last_trouble = std::max(database_.last_trouble, world_.time());
    world_.trace(static_cast<std::uint64_t>(fault.kind));
    if (strike_server(fault)) return;
    Runner* struck = runner(fault.who);
    if (!struck) return;
    switch (fault.kind) {
      case Fault::Kind::kill:
        world_.kill(struck->process());
        struck->killed();
        check_ledger("after a kill");
        break;
      case Fault::Kind::freeze:
        world_.stop(struck->process());
        break;
      case Fault::Kind::leap:
        world_.leap(struck->process(), fault.length);
        break;
      case Fault::Kind::pause:
        struck->press_pause();
        break;
      case Fault::Kind::cancel:
        struck->press_cancel();
        break;
      case Fault::Kind::one_pass:
        struck->set_one_pass(true);
        break;
      case Fault::Kind::set_workers:
        struck->set_workers(1 + fault.who % scenario_.shape.workers);
        break;
      default:
        break;
    }
  }

  bool strike_rows(const Fault& fault) {
    switch (fault.kind) {
      case Fault::Kind::hold_rows:
        database_.hold_rows(fault.who, 1 + fault.who % 7, fault.length);
        return true;
      case Fault::Kind::refuse:
        database_.refuse(fault.who, fault.length);
        return true;
      case Fault::Kind::old_snapshot:
        database_.keep_versions(fault.length);
        return true;
      case Fault::Kind::slow:
        database_.slow_down(fault.length, fault.who % 9);
        return true;
      default:
        return false;
    }
  }

  bool strike_server(const Fault& fault) {
    switch (fault.kind) {
      case Fault::Kind::cut:
      case Fault::Kind::cut_silent:
        if (const auto connection = database_.random_connection()) {
          database_.cut(connection, fault.kind == Fault::Kind::cut_silent);
        }
        return true;
      case Fault::Kind::fail_over:
        database_.fail_over(fault.length / 10, fault.length / 4);
        return true;
      case Fault::Kind::stall:
        database_.replicas().stall(fault.length);
        return true;
      case Fault::Kind::hide:
        database_.replicas().hide(fault.length);
        return true;
      case Fault::Kind::vanish:
        database_.replicas().vanish(fault.length);
        return true;
      case Fault::Kind::pressure:
        database_.sessions = 20 + fault.who % 200;
        return true;
      case Fault::Kind::step_clock:
        database_.step_clock(clock_step(fault));
        return true;
      default:
        return strike_rows(fault);
    }
  }

  void lift(const Fault& fault) {
    if (over_) return;
    database_.last_trouble = std::max(database_.last_trouble, world_.time());
    if (fault.kind == Fault::Kind::pressure) database_.sessions = 5;
    for (const auto& each : runners_) {
      if (fault.kind == Fault::Kind::pause) each->press_resume();
      if (fault.kind == Fault::Kind::one_pass) each->set_one_pass(false);
      if (fault.kind == Fault::Kind::freeze) world_.go_on(each->process());
    }
  }

  void check_ledger(const std::string& when) {
    const std::string claim = database_.check_ledger();
    if (!claim.empty()) violations_.push_back(when + ": " + claim);
  }

  void check_takeover() {
    const bool held = std::any_of(slots_.begin(), slots_.end(),
                                  [](const Runner* each) { return each && each->running() && each->has_claimed(); });
    if (!database_.all_done() && !held)
      violations_.push_back("nobody has the job a lease and a second after the faults");
  }

  void check_end() {
    const std::string rows = database_.check_rows();
    if (!rows.empty()) violations_.push_back("done, but " + rows);
    check_ledger("at the end");
  }

  void collect(Verdict& verdict) {
    verdict.violations = violations_;
    const auto& wrongs = database_.violations();
    verdict.violations.insert(verdict.violations.end(), wrongs.begin(), wrongs.end());
    for (const auto& each : runners_) {
      verdict.violations.insert(verdict.violations.end(), each->violations.begin(), each->violations.end());
    }
  }

  void tidy_up() {
    done_ = over_ = true;
    database_.shut_down();
    // What was spawned but never ran must begin before it can be cancelled.
    for (const auto& each : runners_) each->revive();
    world_.run([] { return false; }, world_.time() + 1ms);
    for (const auto& each : runners_) each->tidy_up();
    const auto quiet = [this] {
      return database_.serving() == 0 &&
             std::all_of(runners_.begin(), runners_.end(), [](const auto& each) { return each->ended(); });
    };
    if (world_.run(quiet, world_.time() + 24h)) return;
    std::cerr << "something never ends" << (world_.spins() ? ", it spins" : "") << ", " << database_.serving()
              << " backends at work: " << describe(scenario_) << "\n";
    std::abort();
  }

  const Scenario& scenario_;
  World world_;
  Database database_;
  TimePoint begin_;
  TimePoint quiet_from_;
  Duration clock_put_back_{0};  ///< a lease lasts longer by as much
  std::vector<Runner*> slots_;
  std::vector<std::unique_ptr<Runner>> runners_;
  std::vector<std::string> violations_;
  bool done_ = false;
  bool over_ = false;  ///< what is left is tidying up
};

}  // namespace

Verdict simulate(const Scenario& scenario) {
  return Simulation(scenario).run();
}

}  // namespace pgfill::sim
