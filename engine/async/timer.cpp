#include "async/timer.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

namespace pgfill::async {
namespace {

/// A suspended coroutine as a waiter.
template <class Handler>
class Suspended : public VirtualTime::Waiter {
 public:
  explicit Suspended(Handler handler) : handler_(std::move(handler)) {}
  void wake() override {
    const auto executor = boost::asio::get_associated_executor(handler_);
    boost::asio::post(executor, std::move(handler_));
  }

 private:
  Handler handler_;
};

}  // namespace

TimePoint Clock::virtual_now() {
  return simulation->now();
}

/// Begins a wait in virtual time.
struct Timer::Begin {
  Timer* timer;

  template <class Handler>
  void operator()(Handler handler) const {
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    auto waiter = std::make_unique<Suspended<Handler>>(std::move(handler));
    timer->number_ = Clock::simulation->add(timer->moment_, timer->executor_, std::move(waiter));
    Timer* self = timer;
    if (slot.is_connected()) slot.assign([self](boost::asio::cancellation_type) { self->wake(); });
  }
};

Timer::Timer(boost::asio::any_io_executor executor, TimePoint moment)
    : executor_(std::move(executor)), moment_(moment) {
  if (Clock::simulation == nullptr) timer_.emplace(executor_, moment);
}

Timer::~Timer() = default;

Task<void> Timer::wait() {
  if (timer_) {
    boost::system::error_code ignored;
    co_await timer_->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    co_return;
  }
  const Begin begin{this};
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(begin, boost::asio::use_awaitable);
}

void Timer::wake() {
  if (timer_) {
    timer_->cancel();
  } else if (auto waiter = Clock::simulation->take(number_)) {
    waiter->wake();
  }
}

}  // namespace pgfill::async
