// A service on a port of this host that gives every request the same answer.
#pragma once

#include <mutex>
#include <string>
#include <thread>

namespace pgfill::tests {

/// Answers until it is destroyed. Not movable.
class HttpServer {
 public:
  /// `status` 0: it accepts connections and never answers.
  explicit HttpServer(int status);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// "http://127.0.0.1:port/"
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  /// The first line of the last request.
  std::string asked_for() const;

 private:
  void serve();

  int status_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::string asked_for_;
  std::thread thread_;
};

}  // namespace pgfill::tests
