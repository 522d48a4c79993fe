// Runs one task to its end in the calling thread, on an executor of its own.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "async/task.h"

namespace pgfill::async {

/// Runs a task and rethrows what it ends with. The task must leave no session behind.
inline void run_to_end(Task<void> task) {
  boost::asio::io_context io(1);
  std::exception_ptr failure;
  auto ended = [&failure](std::exception_ptr thrown) { failure = std::move(thrown); };
  boost::asio::co_spawn(io, std::move(task), std::move(ended));
  io.run();
  if (failure) std::rethrow_exception(failure);
}

template <class T>
Task<void> keep_result(Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

/// As above, and returns what the task returns.
template <class T>
T run_to_end(Task<T> task) {
  std::optional<T> result;
  run_to_end(keep_result(std::move(task), result));
  return std::move(*result);
}

}  // namespace pgfill::async
