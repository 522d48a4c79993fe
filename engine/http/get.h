// Asks an HTTP service one question and takes the number of its answer. No TLS, no redirects, no body. Beast is
// included by get.cpp only.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "async/clock.h"
#include "async/task.h"

namespace pgfill::http {

/// What an address says.
struct Url {
  std::string host;
  std::string port = "80";
  std::string target = "/";  ///< path and query

  bool operator==(const Url&) const = default;
};

/// Reads http://host[:port][/path][?query]; nothing for anything else.
std::optional<Url> parse_url(std::string_view text);

/// Why there is no answer.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Asks one address again and again; a new connection each time. Not thread-safe: one request at a time.
class Client {
 public:
  /// `url` has been accepted by parse_url.
  explicit Client(const std::string& url);

  /// The status of the answer to GET, for instance 200. Throws Failure: no such host, no
  /// connection, no answer by the deadline. A resolver that hangs holds nothing else up: it runs on a thread of its
  /// own, and is asked again only when it has answered.
  async::Task<int> get(async::Deadline deadline);

 private:
  struct Lookup;

  static std::shared_ptr<Lookup> look_up(const Url& url);
  async::Task<void> resolve(async::Deadline deadline);

  Url url_;
  std::shared_ptr<Lookup> lookup_;  ///< under way, or answered; shared with its thread
};

}  // namespace pgfill::http
