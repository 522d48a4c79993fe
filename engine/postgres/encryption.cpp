#include "postgres/encryption.h"

#include <sstream>

namespace pgfill::postgres {
namespace {

std::string value_of(const OptionValues& options, const std::string& keyword) {
  const auto found = options.find(keyword);
  return found == options.end() ? "" : found->second;
}

/// A Unix socket ("/…", "@…", or none named) or a loopback address.
bool is_this_machine(const std::string& host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || host == "::1" ||
         host.starts_with("127.");
}

}  // namespace

bool must_verify(const OptionValues& options, bool chosen) {
  if (chosen || value_of(options, "sslmode") != "prefer") return false;
  const std::string addresses = value_of(options, "hostaddr");
  std::istringstream hosts(addresses.empty() ? value_of(options, "host") : addresses);
  for (std::string host; std::getline(hosts, host, ',');) {
    if (!is_this_machine(host)) return true;
  }
  return false;
}

}  // namespace pgfill::postgres
