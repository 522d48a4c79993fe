#include "throttle/signals/server_load.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <thread>

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {

ServerLoad::ServerLoad(double share) : Signal("server_load", SignalKind::gauge, share, Unit::share) {}

async::Task<std::vector<Reading>> ServerLoad::read(postgres::Session& session) {
  const postgres::Rows rows = co_await session.query(sql::throttle_same_host, no_parameters, answer_time);
  std::vector<Reading> readings;
  not_watched_.clear();
  if (!rows.boolean(0, 0)) {
    not_watched_ = "the server is not reached by a socket of this host";
    co_return readings;
  }
  std::ifstream stream("/proc/loadavg");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const unsigned processors = std::thread::hardware_concurrency();
  const std::optional<double> load = load_of_last_minute(text);
  readings.push_back(load && processors > 0 ? known(*load / processors) : unknown("/proc/loadavg cannot be read"));
  co_return readings;
}

std::optional<double> load_of_last_minute(std::string_view loadavg) {
  double load = 0;
  const auto [end, failure] = std::from_chars(loadavg.data(), loadavg.data() + loadavg.size(), load);
  if (failure != std::errc{} || end == loadavg.data() + loadavg.size() || *end != ' ') return std::nullopt;
  return load;
}

void add_server_load(const Throttle& limits, const SignalContext&, Signals& signals) {
  if (limits.server_load) add<ServerLoad>(signals, share(*limits.server_load));
}

}  // namespace pgfill::throttle
