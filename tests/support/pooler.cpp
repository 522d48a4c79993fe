#include "support/pooler.h"

#include <atomic>
#include <fstream>
#include <stdexcept>

#include "support/eventually.h"

namespace pgfill::tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Only the socket's name has it; the server's own ports are far above.
int next_port() {
  static std::atomic<int> last{1000};
  return ++last;
}

}  // namespace

Pooler::Pooler(rig::PgCluster& cluster, int connections, std::chrono::seconds patience)
    : cluster_(cluster), port_(next_port()) {
  directory_ = cluster.directory() / ("pooler_" + std::to_string(port_));
  fs::create_directory(directory_);
  std::ofstream(directory_ / "users.txt") << "\"postgres\" \"\"\n";
  const rig::PgServer& server = cluster.primary();
  std::ofstream(directory_ / "pgbouncer.ini")
      << "[databases]\n* = host=" << server.socket().parent_path().string() << " port=" << server.port()
      << "\n[pgbouncer]\nlisten_addr =\nlisten_port = " << port_
      << "\nunix_socket_dir = " << server.socket().parent_path().string()
      << "\nauth_type = trust\nauth_file = " << (directory_ / "users.txt").string()
      << "\npool_mode = transaction\nmax_client_conn = 200\ndefault_pool_size = " << connections
      << "\nquery_wait_timeout = " << patience.count() << "\n";
  start();
}

void Pooler::start() {
  rig::ProcessSpec spec;
  spec.program = "/usr/sbin/pgbouncer";
  spec.arguments = {directory_ / "pgbouncer.ini"};
  spec.user = cluster_.installation().user;  // it refuses to run as root
  process_.emplace(spec);
  const fs::path socket = cluster_.primary().socket().parent_path() / (".s.PGSQL." + std::to_string(port_));
  const bool up = eventually(20s, [&] { return fs::exists(socket) || !process_->running(); });
  if (!up || !process_->running()) throw std::runtime_error("no pooler: " + process_->standard_error());
}

std::string Pooler::conninfo(const std::string& database) const {
  const fs::path sockets = cluster_.primary().socket().parent_path();
  return "host=" + sockets.string() + " port=" + std::to_string(port_) + " user=postgres dbname=" + database;
}

}  // namespace pgfill::tests
