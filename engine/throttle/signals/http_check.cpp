#include "throttle/signals/http_check.h"

#include <algorithm>

#include "throttle/signals/add_signal.h"

namespace pgfill::throttle {
namespace {

constexpr int go_on = 200;
constexpr async::milliseconds longest_patience{1'000};

}  // namespace

HttpCheck::HttpCheck(const HttpSignal& spec)
    : Signal("http", SignalKind::lag, go_on, Unit::count), url_(spec.url), every_(spec.every), client_(spec.url) {}

async::Task<std::vector<Reading>> HttpCheck::read_elsewhere() {
  std::vector<Reading> readings;
  const async::Deadline deadline = async::Deadline::after(std::min(every_, longest_patience));
  try {
    const int status = co_await client_.get(deadline);
    // Yes is far below the limit, and every other answer above it, also those below 200.
    readings.push_back(known(status == go_on ? 0 : std::max(status, go_on + 1), url_));
  } catch (const http::Failure& failure) {
    readings.push_back(unknown(failure.what(), url_));
  }
  co_return readings;
}

void add_http(const Throttle& limits, const SignalContext&, Signals& signals) {
  for (const HttpSignal& signal : limits.http) add<HttpCheck>(signals, signal);
}

}  // namespace pgfill::throttle
