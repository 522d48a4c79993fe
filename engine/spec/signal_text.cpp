#include "spec/signal_text.h"

#include <string>

#include "pgfill/throttle.h"

namespace pgfill {

const std::vector<std::string>& signal_names() {
#define PGFILL_SIGNAL_NAME(name) #name,
  // The last two are read together with lock_wait and replica_lag.
  static const std::vector<std::string> names{PGFILL_SIGNALS(PGFILL_SIGNAL_NAME) "own_lock_wait", "replica_backlog"};
#undef PGFILL_SIGNAL_NAME
  return names;
}

namespace spec {

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_signal_name(std::string_view text) {
  const bool signs = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
  return !text.empty() && text.size() <= 63 && signs;
}

bool is_http_url(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (!text.starts_with(scheme) || text.find_first_of(" \t\r\n\f\v#@\\") != std::string_view::npos) return false;
  text.remove_prefix(scheme.size());
  const std::string_view authority = text.substr(0, text.find_first_of("/?"));
  const std::size_t colon = authority.find(':');
  if (authority.empty() || colon == 0) return false;
  const std::string_view port = colon == std::string_view::npos ? "80" : authority.substr(colon + 1);
  return all_digits(port) && port.size() <= 5 && std::stoi(std::string(port)) <= 65'535;
}

}  // namespace spec

}  // namespace pgfill
