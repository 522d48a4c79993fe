// A job of many small batches that people steer from another connection: what the tests of requests and of settings
// share.
#pragma once

#include <future>

#include "pgfill/steer.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {

using namespace std::chrono_literals;
using Answer = Steered::Answer;

class Steering : public RunJob {
 public:
  ~Steering() override {
    control_.stop();
    control_.stop();
  }

 protected:
  Steering() { make_items(120'000); }

  /// A job of many small batches, under way.
  void start(int min_rows = 50) {
    spec_ = counter_spec();
    spec_.batch.max_rows = 50;
    spec_.batch.min_rows = min_rows;
    running_ = std::async(std::launch::async, [this] { return run_job(spec_, settings_, {}, control_, watcher_); });
    ASSERT_TRUE(eventually(30s, [&] { return watcher_.batches > 5; }));
  }
  std::int64_t batches() { return database_.integer("SELECT sum(batches) FROM pgfill.range"); }
  std::string state() { return database_.value("SELECT state FROM pgfill.status('counter')"); }
  /// Batches that were committed after the acknowledgement, looked at for a while that is long for batches.
  std::int64_t batches_after_acknowledgement() {
    eventually(60ms, [] { return false; });  // one that was under way may end
    const auto before = batches();
    eventually(400ms, [&] { return batches() > before; });
    return batches() - before;
  }
  Steered expect_acknowledged(const Result<Steered>& steered) {
    EXPECT_TRUE(steered) << steered.error().message;
    if (!steered) return {};
    EXPECT_EQ(steered->answer, Answer::acknowledged) << steered->sentence;
    EXPECT_LT(steered->after, 1s);
    return *steered;
  }

  JobSpec spec_;
  Control control_;
  std::future<RunReport> running_;
};

}  // namespace pgfill::tests
