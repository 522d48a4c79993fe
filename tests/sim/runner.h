// One process that runs the job: the engine's scheduler, retry policy, gate, admission, controller and batch sizer,
// wired as run/ wires them, over sessions to the modelled database.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schedule/scheduler.h"
#include "sim/database.h"
#include "sim/patience.h"
#include "sim/range_executor.h"
#include "throttle/admission.h"
#include "throttle/controller.h"
#include "work/lease_book.h"
#include "work/stripe_watch.h"

namespace pgfill::sim {

/// How often the server is looked at.
constexpr Duration sample_period = std::chrono::milliseconds(500);

/// Why a runner ended, as its exit code says.
enum class Exit { none, done, owned, stopped, failed, guardrail };

/// Not thread-safe: lives in one World, and is kept until its coroutines have ended.
class Runner {
 public:
  Runner(World& world, Database& database, const Shape& shape, unsigned seed);
  void start() { life_.spawn(live()); }

  // A person at its keyboard, or at the control schema.
  void press_pause() { wishes_pause_ = true; }
  void press_resume() { wishes_pause_ = false; }
  void press_cancel() { wishes_stop_ = true; }
  void set_workers(int workers) { most_workers_ = workers; }
  void set_one_pass(bool wished) { wishes_one_pass_ = wished; }

  void killed();   ///< its connections are gone; called after World::kill
  void revive();   ///< for tidying up
  void tidy_up();  ///< ends its coroutines
  bool ended() const { return life_.running() == 0; }
  bool running() const;
  Exit exit() const { return exit_; }
  int process() const { return process_; }
  bool has_claimed() const { return id_ != 0; }

 private:
  struct Worker {
    ConnectionPtr connection;
    Lease lease;
    int leased_on = 0;  ///< timeline
    std::unique_ptr<RangeExecutor> range_executor;
  };
  using Outcome = RangeOutcome;

  Task<void> live();
  Task<void> run_job();
  Task<bool> claim();
  Task<bool> finish();
  Task<void> beat();
  Task<void> steer();
  Task<void> watch();
  void obey();
  void judge(const Answer& sample);
  void apply(const throttle::Decision& decision);
  void take_lags(const Answer& sample);
  void check_batch();
  void check_pause();
  bool stopping() const { return scheduler_.stopping(); }

  schedule::Seams seams();
  work::WorkerHooks hooks();
  Task<work::Permit> permit(int worker);
  Task<std::optional<Outcome>> connect(int worker);
  Task<schedule::NextRange> next_range(int worker, std::optional<std::int64_t> again);
  void take_lease(int worker, const Lease& leased, bool got_on, schedule::NextRange& next);
  Task<Outcome> run_range(int worker);
  // Questions to the database; plain functions, so that no coroutine holds a lambda.
  Task<Answer> ask_present() {
    return ask(control_, [this](ConnectionPtr session) { return database_.present_runner(session); });
  }
  Task<Answer> ask_begin(std::int64_t former) {
    return ask(control_,
               [this, former](ConnectionPtr session) { return database_.begin_runner(session, former, session); });
  }
  Task<Answer> ask_end() {
    return ask(control_, [this](ConnectionPtr session) { return database_.end_runner(session, id_); });
  }
  Task<Answer> ask_deferred() {
    return ask(control_, [this](ConnectionPtr session) { return database_.retry_deferred(session); });
  }
  Task<Answer> ask_heartbeat(ConnectionPtr& connection) {
    return ask(connection, [this](ConnectionPtr session) { return database_.heartbeat(session, id_); });
  }
  Task<Answer> ask_sample(ConnectionPtr& connection, Duration patience) {
    return ask(
        connection, [this](ConnectionPtr session) { return database_.sample(session); }, patience);
  }
  Task<Answer> ask_lease(Worker& worker, std::optional<std::int64_t> again, std::set<std::int64_t> known, bool lost) {
    return ask(worker.connection, [this, again, known, lost](ConnectionPtr session) {
      return database_.lease(session, id_, again, known, lost);
    });
  }
  Task<Answer> ask(ConnectionPtr& connection, Database::Operation operation,
                   Duration patience = std::chrono::seconds(5));
  void violated(const std::string& what);
  void check(const std::string& violation) {
    if (!violation.empty()) violated(violation);
  }

  World& world_;
  Database& database_;
  Shape shape_;
  int process_;
  async::TaskGroup life_;
  throttle::Gate gate_;
  throttle::Controller controller_;
  throttle::Admission admission_;
  schedule::Scheduler scheduler_;
  work::Refusals refusals_;
  std::vector<Worker> workers_;
  ConnectionPtr control_;
  std::int64_t id_ = 0;
  work::LeaseBook book_;
  work::StripeWatch stripe_watch_;
  std::chrono::microseconds batch_time_{25'000};
  Patience patience_;
  std::int64_t reported_ = 0;  ///< rows, in all batches that were told of as committed
  TimePoint sampled_at_{};     ///< when the server was last seen
  int seen_timeline_ = 0;
  int claimed_on_ = 0;  ///< timeline
  std::set<std::string> seen_replicas_;
  bool wishes_pause_ = false;
  bool wishes_stop_ = false;
  bool wishes_one_pass_ = false;
  int most_workers_;
  bool pause_acknowledged_ = false;
  std::optional<TimePoint> pause_asked_;
  Exit exit_ = Exit::none;

 public:
  std::vector<std::string> violations;
};

}  // namespace pgfill::sim
