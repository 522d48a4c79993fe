// A proxy between a PostgreSQL client and a real server that knows where messages begin and end, and does harm at the
// message it is told to: cut, swallow, delay, fragment. It alters no message.
#pragma once

#include <poll.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "rig/pg_server.h"
#include "support/wire_messages.h"

namespace pgfill::tests {

enum class Sender { frontend, backend };

/// A message about to be forwarded.
struct WireMessage {
  Sender from;
  char type;                       ///< the protocol's letter, or one of wire_messages.h
  std::string_view body;           ///< without type and length
  const std::string& application;  ///< of its connection
  int connection;                  ///< counted from 1
  std::int64_t number;             ///< over all connections that the rule is for, both directions, counted from 1

  /// The server's word that a transaction is committed.
  bool says_committed() const { return from == Sender::backend && type == 'C' && body.starts_with("COMMIT"); }
};

/// What becomes of a message. Whatever came before it is forwarded in every case.
struct Fate {
  enum class Kind {
    pass,
    cut_before,  ///< both sides are closed, the message is lost
    cut_after,   ///< it is forwarded, then both sides are closed
    swallow,     ///< it and all that follows is lost in both directions; neither side is told, not even of a close
  };
  Kind kind = Kind::pass;
  std::chrono::milliseconds delay{0};  ///< it and what follows in its direction waits this long
};

/// What went over one connection: "> type" from the frontend, "< type" from the backend.
struct WireRecord {
  std::string application;
  std::string types;
};

/// Listens on 127.0.0.1, works in a thread of its own. All members are safe from any thread.
class WireProxy {
 public:
  /// Called in the proxy's thread; must not call the proxy.
  using Rule = std::function<Fate(const WireMessage&)>;

  /// `server` must be on a Unix socket and outlive the proxy; it may stop and start.
  explicit WireProxy(const rig::PgServer& server);
  ~WireProxy();
  WireProxy(const WireProxy&) = delete;
  WireProxy& operator=(const WireProxy&) = delete;

  std::string conninfo(const std::string& database) const;
  std::vector<std::pair<std::string, std::string>> environment(const std::string& database) const;

  /// From now on for connections whose application_name begins like this; the count begins anew.
  void set_rule(std::string application, Rule rule);
  void clear_rule() { set_rule("", nullptr); }
  /// Messages the present rule has seen.
  std::int64_t counted() const;
  /// Down: every connection is cut, and a new one as soon as it is made.
  void set_link(bool up);
  /// From now on new connections lead to this server; those that are there are cut.
  void lead_to(const rig::PgServer& server);
  /// As lead_to, but those that are there stay where they are.
  void lead_new_ones_to(const rig::PgServer& server);
  /// Sends at most this many bytes at once, with a pause after each; 0 = whole buffers.
  void set_fragments(std::size_t bytes, std::chrono::microseconds pause);
  /// Cuts whatever is connected and forgets records and connects.
  void forget();

  std::vector<WireRecord> records() const;
  /// When clients connected.
  std::vector<std::chrono::steady_clock::time_point> connects() const;

 private:
  struct Connection;
  struct Direction;
  using Time = std::chrono::steady_clock::time_point;

  void run();
  void turn(std::vector<pollfd>& descriptors);
  void accept_one();
  void read_from(Connection& connection, Direction& direction);
  void forward(Connection& connection, Direction& direction);
  void meet_fate(Connection& connection, Direction& direction, const WireBytes& message);
  Fate judge(Connection& connection, Sender from, const WireBytes& message);
  void flush(Connection& connection, Direction& direction) const;

  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;  // guards all that follows
  std::string server_socket_;
  std::list<Connection> connections_;
  std::string application_;
  Rule rule_;
  std::int64_t counted_ = 0;
  bool up_ = true;
  int made_ = 0;
  std::size_t fragment_ = 0;
  std::chrono::microseconds pause_{0};
  std::vector<std::shared_ptr<WireRecord>> records_;
  std::vector<Time> connects_;
  std::thread thread_;
};

}  // namespace pgfill::tests
