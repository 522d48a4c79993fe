#include "support/signal_reader.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace pgfill::tests {
namespace {

void run(boost::asio::io_context& io, async::Task<void> task) {
  std::exception_ptr failure;
  auto ended = [&failure](std::exception_ptr thrown) { failure = thrown; };
  boost::asio::co_spawn(io, std::move(task), std::move(ended));
  io.restart();
  io.run();
  if (failure) std::rethrow_exception(failure);
}

async::Task<void> open(std::unique_ptr<postgres::Session>& session, std::string conninfo) {
  ConnectionSettings settings;
  settings.conninfo = conninfo;
  const std::string name = "pgfill:j/control";
  const async::Deadline deadline = async::Deadline::after(std::chrono::seconds(10));
  session = co_await postgres::Session::open(std::move(settings), name, deadline);
}

async::Task<void> read_into(throttle::Signal& signal, postgres::Session& session,
                            std::vector<throttle::Reading>& readings) {
  if (signal.elsewhere()) {
    readings = co_await signal.read_elsewhere();
  } else {
    readings = co_await signal.read(session);
  }
}

}  // namespace

SignalReader::SignalReader(const std::string& conninfo) {
  run(io_, open(session_, conninfo));
}

SignalReader::~SignalReader() = default;

std::vector<throttle::Reading> SignalReader::read(throttle::Signal& signal) {
  std::vector<throttle::Reading> readings;
  run(io_, read_into(signal, *session_, readings));
  return readings;
}

throttle::Reading SignalReader::only(throttle::Signal& signal) {
  const std::vector<throttle::Reading> readings = read(signal);
  EXPECT_EQ(readings.size(), 1U);
  return readings.size() == 1 ? readings.front() : throttle::Reading{};
}

void SignalReader::sample(throttle::Sampler& sampler) {
  run(io_, sampler.sample(*session_));
  run(io_, sampler.sample_elsewhere());
}

throttle::Reading about(const std::vector<throttle::Reading>& readings, const std::string& signal,
                        const std::string& subject) {
  for (const throttle::Reading& reading : readings) {
    if (reading.signal == signal && reading.subject.starts_with(subject)) return reading;
  }
  return {};
}

}  // namespace pgfill::tests
