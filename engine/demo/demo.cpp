#include "demo/demo.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>
#include <thread>

#include "demo/numbers.h"
#include "postgres/failure.h"
#include "rig/interruption.h"
#include "rig/oracle.h"
#include "rig/pg_cluster.h"
#include "rig/subject.h"
#include "rig/watcher.h"
#include "rig/writers.h"

namespace pgfill::demo {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr const char* statement = "UPDATE users SET account_state = user_status WHERE account_state IS NULL";
constexpr auto calm = 5s;           // measured before the job
constexpr double killed_at = 0.45;  // share of the rows

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

/// What the demo measures on the way.
struct Measured {
  rig::Latency before;
  rig::Latency during;
  std::int64_t bytes_before = 0;
  std::int64_t bytes_after = 0;
  std::int64_t rows_at_kill = 0;  ///< 0 = the job was over before it could be killed
  std::int64_t rows_changed = 0;
  double job_seconds = 0;  ///< both runs, from start to exit of the process
  std::int64_t worst_lag = 0;
};

/// One performance of the demo; each member function is one scene.
class Demo {
 public:
  Demo(const DemoOptions& options, std::ostream& out) : options_(options), out_(out) {}

  ExitCode perform(std::istream& in);

 private:
  void raise_servers();
  void raise_application();
  rig::ProcessEnd run_job(double kill_at_share);
  ExitCode run_job_twice();
  ExitCode prove();
  void print_table() const;
  void wait_for_enter(std::istream& in) const;
  std::ostream& say() const { return out_ << "\n"; }

  const DemoOptions options_;
  std::ostream& out_;
  rig::Interruption interruption_;
  std::unique_ptr<rig::PgCluster> cluster_;
  ConnectionSettings connection_;
  std::unique_ptr<rig::Writers> writers_;
  std::unique_ptr<rig::Watcher> watcher_;
  Measured measured_;
};

ExitCode Demo::perform(std::istream& in) {
  raise_servers();
  raise_application();
  ExitCode exit = run_job_twice();
  if (exit == ExitCode::done) exit = prove();
  if (exit == ExitCode::done) print_table();
  if (options_.keep) wait_for_enter(in);
  return exit;
}

void Demo::raise_servers() {
  rig::ClusterOptions options;
  options.durable = true;
  options.settings = {{"shared_buffers", "256MB"}, {"max_wal_size", "4GB"}, {"checkpoint_timeout", "15min"}};
  const auto begun = Clock::now();
  cluster_ = std::make_unique<rig::PgCluster>(options);
  connection_.conninfo = cluster_->conninfo();
  out_ << "A scratch PostgreSQL primary runs in " << cluster_->directory().string() << "\n";
  out_ << "Loading " << with_commas(options_.rows) << " users ..." << std::flush;
  rig::create_users(connection_, options_.rows);
  measured_.bytes_before = rig::table_bytes(connection_, "public.users");
  out_ << " " << bytes_text(measured_.bytes_before) << "\n";
  cluster_->add_replica();
  out_ << "A streaming replica follows it. All of that took " << decimal(seconds_since(begun), 1) << " s.\n";
}

void Demo::raise_application() {
  const rig::WritersOptions options;
  writers_ = std::make_unique<rig::Writers>(connection_, rig::users_workload(options_.rows), options);
  watcher_ = std::make_unique<rig::Watcher>(connection_);
  out_ << "An application of " << options.writers
       << " sessions reads, changes, inserts and deletes users: " << decimal(options.rate, 0)
       << " transactions a second.\nMeasuring it for " << calm.count() << " s before the job ..." << std::flush;
  std::this_thread::sleep_for(1s);  // the first transactions open connections and fill caches
  writers_->begin_window();
  std::this_thread::sleep_for(calm);
  measured_.before = writers_->latency();
  out_ << " p99 " << milliseconds_text(measured_.before.p99) << "\n";
}

/// Runs the job in a process of its own, and kills that when the ledger has the given share of the rows; 0 = never.
rig::ProcessEnd Demo::run_job(double kill_at_share) {
  rig::ProcessSpec spec;
  spec.program = options_.program.empty() ? std::filesystem::read_symlink("/proc/self/exe").string() : options_.program;
  spec.arguments = {"run", statement, "--yes"};
  spec.environment = cluster_->primary().environment();
  spec.output = rig::ProcessSpec::Output::inherit;
  out_ << "\n$ pgfill run \"" << statement << "\" --yes\n" << std::flush;
  const auto begun = Clock::now();
  rig::Process job(spec);
  rig::Interruption::set_child(job.pid());
  const auto kill_at = static_cast<std::int64_t>(kill_at_share * static_cast<double>(options_.rows));
  while (job.running()) {
    if (kill_at > 0 && watcher_->rows_changed() >= kill_at) job.kill();
    job.wait_for(5ms);
  }
  rig::Interruption::set_child(0);
  measured_.job_seconds += seconds_since(begun);
  return job.finish(0ms);
}

ExitCode Demo::run_job_twice() {
  writers_->begin_window();
  rig::ProcessEnd end = run_job(killed_at);
  if (end.signal == SIGKILL) {
    if (::isatty(STDERR_FILENO) != 0)
      std::cerr << "\033[?25h" << std::flush;  // the job could not show the cursor again
    measured_.rows_at_kill = watcher_->rows_changed();
    say() << "That was kill -9, on purpose. The ledger in the database has " << with_commas(measured_.rows_at_kill)
          << " rows as done; nobody wrote down anything else.\nThe same command again:\n";
    end = run_job(0);
  } else if (end.ok()) {
    say() << "The job was over before it could be killed; with more --rows there is time for that.\n";
  }
  measured_.during = writers_->latency();
  if (end.ok()) return ExitCode::done;
  say() << "The job did not end well (exit code " << end.exit_code << ", signal " << end.signal << ").\n";
  return end.signal != 0 ? ExitCode::internal : static_cast<ExitCode>(end.exit_code);
}

ExitCode Demo::prove() {
  const auto until = Clock::now() + 60s;
  while (watcher_->replica_lag() > 0 && writers_->latency().transactions > 0 && Clock::now() < until) {
    if (watcher_->replica_lag() < 65'536) break;  // the application still writes: it never is quite zero
    std::this_thread::sleep_for(20ms);
  }
  writers_->stop();
  measured_.rows_changed = watcher_->rows_changed();
  measured_.worst_lag = watcher_->worst_replica_lag();
  measured_.bytes_after = rig::table_bytes(connection_, "public.users");
  say() << "The proof, from the data alone:\n";
  const rig::Verdict verdict = rig::judge_users(connection_, options_.rows, writers_->acknowledged());
  for (const auto& check : verdict.checks) {
    const bool right = check.violations == 0 && check.compared > 0;
    out_ << "  " << (right ? "right  " : "WRONG  ") << check.name << " (" << with_commas(check.compared) << " compared";
    if (!right) out_ << ", " << with_commas(check.violations) << " wrong: " << check.sample;
    out_ << ")\n";
  }
  for (const auto& [sqlstate, count] : writers_->errors()) {
    out_ << "  WRONG  the application was refused " << count << " times with " << sqlstate << "\n";
  }
  return verdict.passed() && writers_->errors().empty() ? ExitCode::done : ExitCode::differs;
}

void Demo::print_table() const {
  const auto row = [this](const char* name, const std::string& value) {
    out_ << "  " << name << std::string(std::max<std::size_t>(1, 24 - std::string_view(name).size()), ' ') << value
         << "\n";
  };
  const double growth = 100.0 * static_cast<double>(measured_.bytes_after - measured_.bytes_before) /
                        static_cast<double>(std::max<std::int64_t>(1, measured_.bytes_before));
  const double speed = static_cast<double>(measured_.rows_changed) / std::max(measured_.job_seconds, 0.001);
  out_ << "\n";
  row("rows processed once", with_commas(measured_.rows_changed) + " by the job; the application had done the rest");
  row("resumed after kill -9",
      measured_.rows_at_kill > 0 ? "at row " + with_commas(measured_.rows_at_kill) : "not killed");
  row("speed", with_commas(static_cast<std::int64_t>(speed)) + " rows/s, both runs from start to exit");
  row("application p99", milliseconds_text(measured_.before.p99) + " before, " +
                             milliseconds_text(measured_.during.p99) + " during the job (" +
                             with_commas(measured_.during.transactions) + " transactions)");
  row("application worst",
      milliseconds_text(measured_.before.max) + " before, " + milliseconds_text(measured_.during.max) + " during");
  row("replica lag", watcher_->replica_seen() ? bytes_text(measured_.worst_lag) + " at worst" : "no replica was seen");
  row("table growth", decimal(growth, 1) + " % (" + bytes_text(measured_.bytes_before) + " to " +
                          bytes_text(measured_.bytes_after) + ")");
}

void Demo::wait_for_enter(std::istream& in) const {
  say() << "The servers run until you press Enter:\n  psql \"" << connection_.conninfo << "\"\n";
  for (std::size_t i = 0; i < cluster_->replicas(); ++i) {
    out_ << "  psql \"" << cluster_->replica(i).conninfo() << "\"   (replica)\n";
  }
  out_ << std::flush;
  std::string line;
  std::getline(in, line);
}

}  // namespace

Result<ExitCode> run_demo(const DemoOptions& options, std::istream& in, std::ostream& out) {
  Error error;
  error.code = ErrorCode::demo_failed;
  try {
    const ExitCode exit = Demo(options, out).perform(in);
    out << "\nThe servers and their directory are gone.\n" << std::flush;
    return exit;
  } catch (const postgres::Failure& failure) {
    error.message = failure.what();
    error.sqlstate = failure.sqlstate();
  } catch (const std::exception& failure) {
    error.message = failure.what();
  }
  error.state = "the scratch servers and their directory are gone";
  return error;
}

}  // namespace pgfill::demo
