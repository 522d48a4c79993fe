#include "support/wire_proxy.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace pgfill::tests {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void throw_errno(const char* doing) {
  throw std::system_error(errno, std::generic_category(), doing);
}

int connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

/// Only what is sent at once is a packet of its own.
void send_at_once(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

/// One direction of a connection: what is read here is forwarded there.
struct WireProxy::Direction {
  Sender from;
  int source;
  int sink;
  MessageReader reader;
  std::string waiting;  ///< forwarded, not yet sent
  Clock::time_point not_before{};
  bool ended = false;  ///< nothing more comes
};

struct WireProxy::Connection {
  int client;
  int server;
  int number;
  std::shared_ptr<WireRecord> record;
  Direction forth;
  Direction back;
  bool closing = false;     ///< nothing more is forwarded; closed when what waits is sent
  bool black_hole = false;  ///< nothing more is forwarded, nothing is closed

  bool over() const {
    const bool sent = (forth.waiting.empty() || forth.ended) && (back.waiting.empty() || back.ended);
    return closing && sent && !black_hole;
  }
  void close() const {
    ::close(client);
    if (server >= 0) ::close(server);
  }
};

WireProxy::WireProxy(const rig::PgServer& server) : server_socket_(server.socket()) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, length) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, generic, &length) != 0) {
    throw_errno("the proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread(&WireProxy::run, this);
}

WireProxy::~WireProxy() {
  stopping_ = true;
  thread_.join();
  for (const Connection& connection : connections_) connection.close();
  ::close(listener_);
}

std::string WireProxy::conninfo(const std::string& database) const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres dbname=" + database;
}

std::vector<std::pair<std::string, std::string>> WireProxy::environment(const std::string& database) const {
  return {{"PGHOST", "127.0.0.1"}, {"PGPORT", std::to_string(port_)}, {"PGUSER", "postgres"}, {"PGDATABASE", database}};
}

void WireProxy::set_rule(std::string application, Rule rule) {
  const std::scoped_lock lock(mutex_);
  application_ = std::move(application);
  rule_ = std::move(rule);
  counted_ = 0;
}

std::int64_t WireProxy::counted() const {
  const std::scoped_lock lock(mutex_);
  return counted_;
}

void WireProxy::lead_new_ones_to(const rig::PgServer& server) {
  const std::scoped_lock lock(mutex_);
  server_socket_ = server.socket();
}

void WireProxy::lead_to(const rig::PgServer& server) {
  lead_new_ones_to(server);
  const std::scoped_lock lock(mutex_);
  for (Connection& connection : connections_) connection.closing = true;
}

void WireProxy::set_link(bool up) {
  const std::scoped_lock lock(mutex_);
  up_ = up;
  for (Connection& connection : connections_) connection.closing = connection.closing || !up;
}

void WireProxy::set_fragments(std::size_t bytes, std::chrono::microseconds pause) {
  const std::scoped_lock lock(mutex_);
  fragment_ = bytes;
  pause_ = pause;
}

void WireProxy::forget() {
  const std::scoped_lock lock(mutex_);
  for (const Connection& connection : connections_) connection.close();
  connections_.clear();
  records_.clear();
  connects_.clear();
}

std::vector<WireRecord> WireProxy::records() const {
  const std::scoped_lock lock(mutex_);
  std::vector<WireRecord> records;
  for (const auto& record : records_) records.push_back(*record);
  return records;
}

std::vector<Clock::time_point> WireProxy::connects() const {
  const std::scoped_lock lock(mutex_);
  return connects_;
}

/// Wakes for bytes, and often enough for whatever was asked meanwhile.
void WireProxy::run() {
  std::vector<pollfd> descriptors;
  timespec patience{0, 0};
  while (!stopping_) {
    ::ppoll(descriptors.data(), descriptors.size(), &patience, nullptr);
    const std::scoped_lock lock(mutex_);
    turn(descriptors);
    patience.tv_nsec = pause_.count() > 0 ? 1000 * pause_.count() : 5'000'000;
  }
}

/// Does whatever can be done now, and says what to wait for next.
void WireProxy::turn(std::vector<pollfd>& descriptors) {
  accept_one();
  descriptors.assign(1, {listener_, POLLIN, 0});
  const auto now = Clock::now();
  for (auto connection = connections_.begin(); connection != connections_.end();) {
    for (Direction* direction : {&connection->forth, &connection->back}) {
      read_from(*connection, *direction);
      forward(*connection, *direction);
    }
    for (Direction* direction : {&connection->forth, &connection->back}) flush(*connection, *direction);
    if (connection->over()) {
      connection->close();
      connection = connections_.erase(connection);
      continue;
    }
    for (const Direction* direction : {&connection->forth, &connection->back}) {
      if (!direction->ended && !connection->closing) descriptors.push_back({direction->source, POLLIN, 0});
      if (!direction->waiting.empty() && direction->not_before <= now) {
        descriptors.push_back({direction->sink, POLLOUT, 0});
      }
    }
    ++connection;
  }
}

void WireProxy::accept_one() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  connects_.push_back(Clock::now());
  const int server = up_ ? connect_to(server_socket_) : -1;
  if (server < 0) {
    ::close(client);
    return;
  }
  send_at_once(client);
  records_.push_back(std::make_shared<WireRecord>());
  connections_.push_back({client, server, ++made_, records_.back(),
                          Direction{Sender::frontend, client, server, MessageReader(true), {}},
                          Direction{Sender::backend, server, client, MessageReader(false), {}}});
}

/// An end of one side is the end of the connection, once everything it sent before is forwarded.
void WireProxy::read_from(Connection& connection, Direction& direction) {
  std::array<char, 65536> buffer;
  while (!direction.ended && !(connection.closing && !connection.black_hole)) {
    const auto count = ::recv(direction.source, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) {
      direction.reader.append({buffer.data(), static_cast<std::size_t>(count)});
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      direction.ended = true;
    } else {
      return;
    }
  }
}

void WireProxy::forward(Connection& connection, Direction& direction) {
  while (!connection.closing && !connection.black_hole) {
    const auto message = direction.reader.next();
    if (!message) {
      connection.closing = connection.closing || direction.ended;
      return;
    }
    if (message->type == encryption_request) {
      connection.back.waiting += 'N';
      continue;
    }
    if (message->type == startup_packet) connection.record->application = application_of(message->body());
    meet_fate(connection, direction, *message);
  }
}

void WireProxy::meet_fate(Connection& connection, Direction& direction, const WireBytes& message) {
  const Fate fate = judge(connection, direction.from, message);
  if (fate.delay.count() > 0) direction.not_before = Clock::now() + fate.delay;
  if (fate.kind == Fate::Kind::pass || fate.kind == Fate::Kind::cut_after) {
    connection.record->types += {direction.from == Sender::frontend ? '>' : '<', message.type};
    direction.waiting += message.bytes;
  }
  connection.closing = fate.kind == Fate::Kind::cut_before || fate.kind == Fate::Kind::cut_after;
  connection.black_hole = fate.kind == Fate::Kind::swallow;
}

Fate WireProxy::judge(Connection& connection, Sender from, const WireBytes& message) {
  const std::string& application = connection.record->application;
  if (!rule_ || !application.starts_with(application_)) return {};
  return rule_({from, message.type, message.body(), application, connection.number, ++counted_});
}

void WireProxy::flush(Connection& connection, Direction& direction) const {
  while (!direction.waiting.empty() && direction.not_before <= Clock::now()) {
    const std::size_t size = fragment_ > 0 ? std::min(fragment_, direction.waiting.size()) : direction.waiting.size();
    const auto sent = ::send(direction.sink, direction.waiting.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      direction.waiting.clear();
      connection.closing = true;
      return;
    }
    direction.waiting.erase(0, static_cast<std::size_t>(sent));
    if (pause_.count() > 0) direction.not_before = Clock::now() + pause_;
  }
}

}  // namespace pgfill::tests
