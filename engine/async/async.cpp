// Tasks, time, groups and conditions: the coroutine bodies behind the headers of this folder.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>

#include "async/clock.h"
#include "async/condition.h"
#include "async/task_group.h"

namespace pgfill::async {

Task<void> sleep_for(Clock::duration duration) {
  Timer timer(co_await boost::asio::this_coro::executor, Clock::now() + duration);
  co_await timer.wait();
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) {
    throw boost::system::system_error(boost::asio::error::operation_aborted);
  }
}

Task<void> Condition::wait(TimePoint moment) {
  Timer timer(executor_, moment);
  const auto self = waiters_.insert(waiters_.end(), &timer);
  co_await timer.wait();
  waiters_.erase(self);
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) {
    throw boost::system::system_error(boost::asio::error::operation_aborted);
  }
}

TaskGroup::TaskGroup(boost::asio::any_io_executor executor) : executor_(std::move(executor)), idle_(executor_) {}

TaskGroup::~TaskGroup() {
  assert(signals_.empty() && "a task group is joined before it is destroyed");
}

void TaskGroup::spawn(Task<void> task) {
  const auto signal = signals_.emplace(signals_.end());
  auto ended = [this, signal](std::exception_ptr failure) { finished(signal, std::move(failure)); };
  boost::asio::co_spawn(executor_, std::move(task),
                        boost::asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
  if (cancelled_) cancel();
}

void TaskGroup::finished(Signals::iterator signal, std::exception_ptr failure) {
  signals_.erase(signal);
  if (failure && !is_cancellation(failure) && !failure_) {
    failure_ = std::move(failure);
    cancel();
    if (on_failure) on_failure();
  }
  if (signals_.empty()) idle_.wake();
}

void TaskGroup::cancel() {
  cancelled_ = true;
  // Emitting may end a task at once and erase its signal: step on before emitting.
  for (auto next = signals_.begin(); next != signals_.end();) {
    const auto signal = next++;
    signal->emit(boost::asio::cancellation_type::terminal);
  }
}

Task<void> TaskGroup::join() {
  while (!signals_.empty()) {
    co_await idle_.wait();
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none) {
      cancel();
      co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
    }
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

bool is_cancellation(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    return error.code() == boost::asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

}  // namespace pgfill::async
