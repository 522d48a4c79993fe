// pgfill as a library, without its command line: reads a spec, plans, runs with callbacks, pauses, resumes, stops, and
// goes on to the end. Includes only public headers. Usage: library_example CONNINFO SPEC_FILE
#include <cstdio>
#include <string>
#include <variant>

#include "pgfill/job.h"
#include "pgfill/plan.h"
#include "pgfill/spec.h"

namespace {

/// Pauses after the third batch, resumes once the pause is seen, then stops. Callbacks come from the thread that runs
/// the job; a Control may be used from any other thread as well.
class Conductor : public pgfill::Observer {
 public:
  explicit Conductor(pgfill::Control& control) : control_(control) {}

  void on_event(const pgfill::Event& event) override {
    if (std::holds_alternative<pgfill::event::BatchCommitted>(event.body) && ++batches_ == 3) {
      control_.pause("example: three batches are enough for now");
    }
    if (const auto* throttled = std::get_if<pgfill::event::Throttled>(&event.body)) {
      std::printf("paused: %s\n", throttled->reason.sentence.c_str());
      paused_ = true;
    }
    if (std::holds_alternative<pgfill::event::Unthrottled>(event.body)) {
      std::printf("resumed\n");
      control_.stop();
    }
  }

  void on_progress(const pgfill::Progress& progress) override {
    if (!paused_) return;
    std::printf("waiting at %.0f%%\n", progress.share * 100);
    paused_ = false;
    control_.resume();
  }

 private:
  pgfill::Control& control_;
  int batches_ = 0;
  bool paused_ = false;
};

/// Lets the job run and keeps the last progress.
class Listener : public pgfill::Observer {
 public:
  void on_event(const pgfill::Event&) override {}
  void on_progress(const pgfill::Progress& progress) override { last_share = progress.share; }

  double last_share = 0;
};

int fail(const pgfill::Error& error) {
  std::fprintf(stderr, "error PF%d: %s\nhint: %s\n", static_cast<int>(error.code), error.message.c_str(),
               error.hint.c_str());
  return static_cast<int>(pgfill::exit_code_of(error.code));
}

int plan(const pgfill::JobSpec& spec, const pgfill::ConnectionSettings& connection) {
  const pgfill::Result<pgfill::Plan> plan = pgfill::plan_job(spec, connection);
  if (!plan) return fail(plan.error());
  if (const pgfill::Finding* refusal = pgfill::first_refusal(*plan)) {
    std::fprintf(stderr, "refused: %s\n", refusal->text.c_str());
    return static_cast<int>(pgfill::ExitCode::refused);
  }
  std::printf("planned %zu ranges over %s\n", plan->ranges.size(), plan->key.index.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: library_example CONNINFO SPEC_FILE\n");
    return static_cast<int>(pgfill::ExitCode::usage);
  }
  pgfill::ConnectionSettings connection;
  connection.conninfo = argv[1];
  const pgfill::Result<pgfill::JobSpec> spec = pgfill::load_spec(argv[2]);
  if (!spec) return fail(spec.error());
  if (const int exit = plan(*spec, connection)) return exit;

  pgfill::Control first_control;
  Conductor conductor(first_control);
  const pgfill::RunReport first = pgfill::run_job(*spec, connection, {}, first_control, conductor);
  std::printf("first run: exit %d, %lld rows\n", static_cast<int>(first.exit),
              static_cast<long long>(first.progress.rows_changed));
  if (first.exit != pgfill::ExitCode::interrupted) return fail(first.error);

  pgfill::Control second_control;
  Listener listener;
  const pgfill::RunReport second = pgfill::run_job(*spec, connection, {}, second_control, listener);
  std::printf("second run: exit %d, %lld rows\n", static_cast<int>(second.exit),
              static_cast<long long>(second.progress.rows_changed));
  return second.exit == pgfill::ExitCode::done ? 0 : fail(second.error);
}
