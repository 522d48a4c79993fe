#include "async/background.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <system_error>
#include <thread>
#include <utility>

namespace pgfill::async {

/// The one that waits, as long as it does.
class Background::Waiting {
 public:
  Waiting(Background& work, boost::asio::any_io_executor executor, TimePoint until)
      : work_(work), executor_(executor), timer_(executor, until) {
    const std::lock_guard lock(work_.mutex_);
    work_.waiting_ = this;
  }
  ~Waiting() {
    const std::lock_guard lock(work_.mutex_);
    work_.waiting_ = nullptr;
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  Task<void> wait() { return timer_.wait(); }

  /// Called by the thread under the mutex, which keeps this waiter and its executor alive.
  void tell() {
    boost::asio::post(executor_, [work = work_.shared_from_this()] {
      const std::lock_guard lock(work->mutex_);
      if (work->waiting_ != nullptr) work->waiting_->timer_.wake();
    });
  }

 private:
  Background& work_;
  boost::asio::any_io_executor executor_;
  Timer timer_;
};

std::shared_ptr<Background> Background::start(std::function<void()> work) {
  auto background = std::make_shared<Background>();
  const auto run = [background, work = std::move(work)] {
    work();
    background->end();
  };
  try {
    std::thread(run).detach();
  } catch (const std::system_error&) {
    run();
  }
  return background;
}

void Background::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  if (waiting_ != nullptr) waiting_->tell();
}

bool Background::has_ended() {
  const std::lock_guard lock(mutex_);
  return ended_;
}

Task<bool> Background::ended(Deadline deadline) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Waiting waiting(*this, executor, deadline.at);
  if (!has_ended()) co_await waiting.wait();
  co_return has_ended();
}

}  // namespace pgfill::async
