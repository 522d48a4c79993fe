// Connections that die without a word: messages are swallowed in both directions and nothing is closed, as when a
// firewall forgets a connection. Only the runner's own deadline (Session::default_timeout, 30 s) can notice; to keep
// the wait short the cases run side by side, each on a database of its own.
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <iostream>
#include <memory>
#include <thread>

#include "postgres/session.h"
#include "support/run_job_fixture.h"
#include "support/subject_case.h"
#include "support/wire_proxy.h"

namespace pgfill::tests {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto deadline = std::chrono::duration_cast<std::chrono::seconds>(postgres::Session::default_timeout);

/// Where the silence begins: at the first message that fits, once.
struct Silence {
  const char* name;
  bool (*begins_at)(const WireMessage&);
};

bool is_control(const WireMessage& message) {
  return message.application.ends_with("/control");
}
bool is_worker(const WireMessage& message) {
  return !is_control(message) && !message.application.ends_with("/signals");
}
bool answer_to_commit(const WireMessage& message) {
  return is_worker(message) && message.says_committed() && message.number > 400;
}
/// The batch's rows are changed and locked by then, and its backend waits for a COMMIT that never comes.
bool request_to_commit(const WireMessage& message) {
  return is_worker(message) && message.from == Sender::frontend && message.type == 'B' && message.number > 400 &&
         message.body.find("commit") != std::string_view::npos;
}
bool heartbeat(const WireMessage& message) {
  return is_control(message) && message.from == Sender::frontend && message.type == 'B' &&
         message.body.find("ledger_heartbeat") != std::string_view::npos;
}
bool new_connection(const WireMessage& message) {
  return is_worker(message) && message.type == startup_packet;
}

class SilentCase {
 public:
  explicit SilentCase(Silence silence) : silence_(silence) {
    settings_.conninfo = proxy_.conninfo(scratch_.name());
    proxy_.set_rule("pgfill:", [silence, begun = begun_](const WireMessage& message) {
      if (*begun || !silence.begins_at(message)) return Fate{};
      *begun = true;
      return Fate{Fate::Kind::swallow};
    });
  }

  void run() {
    const auto started = Clock::now();
    report_ = run_job(subject_.spec(20, 2), settings_, {}, control_, watcher_);
    took_ = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - started);
  }
  void stop() { control_.stop(); }
  void expect_right() {
    SCOPED_TRACE(silence_.name);
    std::cout << silence_.name << " swallowed: ended after " << took_.count() << " s, exit "
              << static_cast<int>(report_.exit) << ", " << watcher_.failures << " retries\n";
    EXPECT_TRUE(*begun_);
    EXPECT_EQ(report_.exit, ExitCode::done) << report_.error.message;
    EXPECT_LE(took_, deadline + 10s);
    const auto verdict = subject_.judge();
    EXPECT_TRUE(verdict.passed()) << verdict.to_text();
    proxy_.forget();
  }

 private:
  Silence silence_;
  ScratchDatabase scratch_;
  SubjectCase subject_{scratch_.conninfo(), 4'000};
  WireProxy proxy_{shared_cluster().primary()};
  ConnectionSettings settings_;
  std::shared_ptr<std::atomic<bool>> begun_ = std::make_shared<std::atomic<bool>>(false);
  Control control_;
  Watcher watcher_;
  RunReport report_;
  std::chrono::seconds took_{0};
};

TEST(CutSilence, IsNoticedByTheRunnersOwnDeadlineAndLosesNothing) {
  const Silence silences[]{{"answer to COMMIT", &answer_to_commit},
                           {"request to COMMIT", &request_to_commit},
                           {"heartbeat", &heartbeat},
                           {"new connection", &new_connection}};
  std::deque<SilentCase> cases;
  for (const Silence& silence : silences) cases.emplace_back(silence);
  std::atomic<int> running{static_cast<int>(cases.size())};
  std::vector<std::thread> threads;
  for (SilentCase& silent : cases) {
    threads.emplace_back([&silent, &running] {
      silent.run();
      --running;
    });
  }
  if (!eventually(deadline + 30s, [&] { return running == 0; })) {
    for (SilentCase& silent : cases) silent.stop();
  }
  for (std::thread& thread : threads) thread.join();
  for (SilentCase& silent : cases) silent.expect_right();
}

}  // namespace
}  // namespace pgfill::tests
