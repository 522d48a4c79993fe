// What becomes of a group when one of its tasks fails.
#include "async/task_group.h"

#include <gtest/gtest.h>

#include <boost/asio/this_coro.hpp>
#include <stdexcept>

#include "async/clock.h"
#include "async/run_to_end.h"

namespace pgfill::async {
namespace {

using namespace std::chrono_literals;

Task<void> fail_soon() {
  co_await sleep_for(1ms);
  throw std::runtime_error("a defect");
}

Task<void> wait_long(bool& cancelled) {
  try {
    co_await sleep_for(1h);
  } catch (...) {
    cancelled = true;
    throw;
  }
}

Task<void> fail_beside(bool& cancelled, int& told) {
  TaskGroup group(co_await boost::asio::this_coro::executor);
  group.on_failure = [&told] { ++told; };
  group.spawn(wait_long(cancelled));
  group.spawn(fail_soon());
  group.spawn(fail_soon());
  co_await group.join();
}

TEST(TaskGroup, AFailureEndsTheOthersIsToldOnceAndRethrown) {
  bool cancelled = false;
  int told = 0;
  EXPECT_THROW(run_to_end(fail_beside(cancelled, told)), std::runtime_error);
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(told, 1);
}

Task<void> cancel_beside(bool& cancelled, int& told) {
  TaskGroup group(co_await boost::asio::this_coro::executor);
  group.on_failure = [&told] { ++told; };
  group.spawn(wait_long(cancelled));
  group.cancel();
  co_await group.join();
}

TEST(TaskGroup, ACancellationIsNoFailure) {
  bool cancelled = false;
  int told = 0;
  run_to_end(cancel_beside(cancelled, told));
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(told, 0);
}

}  // namespace
}  // namespace pgfill::async
