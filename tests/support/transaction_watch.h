// Looks every 100 ms how old the engine's transactions on a server are: an old one keeps dead rows alive everywhere.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace pgfill::tests {

/// Works in a thread of its own from construction to stop(); the server must be there as long.
class TransactionWatch {
 public:
  /// Of sessions named like `names`, none may be open for longer than this; but VACUUM may, which keeps nothing alive.
  TransactionWatch(std::string conninfo, std::string names, std::chrono::milliseconds longest);
  ~TransactionWatch() { stop(); }
  TransactionWatch(const TransactionWatch&) = delete;
  TransactionWatch& operator=(const TransactionWatch&) = delete;

  void stop();
  /// "pgfill:job/1 for longer than 30 s: <statement>", each once.
  std::set<std::string> offenders() const;
  /// The oldest that was seen, and whose.
  std::string oldest() const;
  int looks() const { return looks_; }

 private:
  void run();
  void look(class Database& database);

  std::string conninfo_;
  std::string names_;
  std::chrono::milliseconds longest_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> looks_{0};
  mutable std::mutex mutex_;  // guards what follows
  std::set<std::string> offenders_;
  double oldest_ = 0;
  std::string oldest_session_;
  std::thread thread_;
};

/// What no transaction of the engine exceeds, whatever it does: 30 s, after which the server itself ends one whose
/// client has fallen silent, and the time it takes to do so.
inline constexpr std::chrono::milliseconds longest_transaction{33'000};

}  // namespace pgfill::tests
