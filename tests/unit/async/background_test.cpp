// Work on a thread of its own: waited for, not waited for any more, and outliving whoever waited.
#include "async/background.h"

#include <gtest/gtest.h>

#include <future>

#include "async/run_to_end.h"

namespace pgfill::async {
namespace {

using namespace std::chrono_literals;

/// Work that ends when it is told to.
class Held {
 public:
  std::shared_ptr<Background> start() {
    return Background::start([gate = gate_.get_future().share(), done = done_] {
      gate.wait();
      *done = true;
    });
  }
  void let_go() { gate_.set_value(); }
  bool done() const { return *done_; }

 private:
  std::promise<void> gate_;
  std::shared_ptr<bool> done_ = std::make_shared<bool>(false);
};

Task<bool> wait_for(std::shared_ptr<Background> work, Clock::duration patience) {
  co_return co_await work->ended(Deadline::after(patience));
}

TEST(Background, WhoWaitsIsWokenAndSeesWhatItHasDone) {
  Held held;
  const auto work = held.start();
  std::thread later([&] { held.let_go(); });
  EXPECT_TRUE(run_to_end(wait_for(work, 1h)));
  EXPECT_TRUE(held.done());
  later.join();
  EXPECT_TRUE(run_to_end(wait_for(work, 1h))) << "asked again, it has still ended";
}

TEST(Background, ADeadlineEndsTheWaitAndNotTheWork) {
  Held held;
  const auto work = held.start();
  EXPECT_FALSE(run_to_end(wait_for(work, 5ms)));
  EXPECT_FALSE(work->has_ended());
  // The executor of the first wait is gone by now.
  held.let_go();
  EXPECT_TRUE(run_to_end(wait_for(work, 1h)));
  EXPECT_TRUE(held.done());
}

}  // namespace
}  // namespace pgfill::async
