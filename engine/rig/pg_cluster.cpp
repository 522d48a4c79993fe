#include "rig/pg_cluster.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "rig/base_backup.h"

namespace pgfill::rig {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// A server's working directory is its data directory, so a recycled process id is never hit. $1 is the cluster's
// directory.
constexpr const char* guardian_script = R"sh(
trap '' INT TERM HUP
read -r _
cd "$1" 2>/dev/null || exit 0
for file in */postmaster.pid; do
  [ -f "$file" ] || continue
  pid=$(head -n 1 "$file")
  [ "$(readlink "/proc/$pid/cwd")" = "$1/${file%/*}" ] && kill -QUIT "$pid" && kill -CONT "$pid"
done
tries=0
while ls */postmaster.pid >/dev/null 2>&1 && [ $tries -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
cd / && rm -rf "$1"
)sh";

int free_port() {
  int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  bool bound = ::bind(descriptor, generic, length) == 0 && ::getsockname(descriptor, generic, &length) == 0;
  ::close(descriptor);
  if (!bound) throw std::system_error(errno, std::generic_category(), "no free port");
  return ntohs(address.sin_port);
}

}  // namespace

Guardian::Guardian(const fs::path& directory) {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  pipe_ = ends[1];
  ProcessSpec spec;
  spec.program = "/bin/sh";
  spec.arguments = {"-c", guardian_script, "pgfill-guardian", directory};
  spec.own_session = true;
  spec.standard_input = ends[0];
  spec.working_directory = "/";
  process_.emplace(spec);
  ::close(ends[0]);
}

Guardian::~Guardian() {
  ::close(pipe_);
  process_->finish(30s);
}

PgCluster::PgCluster(ClusterOptions options) : options_(std::move(options)), installation_(find_installation()) {
  create_directory();
  guardian_.emplace(directory_);
  run("initdb", {"-D", directory_ / "primary", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"});
  primary_.emplace(installation_, directory_ / "primary", directory_, next_port(), options_.tcp);
  if (!options_.durable) primary_->configure({{"fsync", "off"}, {"full_page_writes", "off"}});
  primary_->configure(options_.settings);
  primary_->start();
}

// The servers end first, then the guardian finds nothing to do but remove the directory.
PgCluster::~PgCluster() = default;

void PgCluster::create_directory() {
  const char* base = std::getenv("TMPDIR");
  std::string name = std::string(base == nullptr || *base == '\0' ? "/tmp" : base) + "/pgfill-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "cannot make " + name);
  directory_ = fs::canonical(name);
  give_away(directory_);
}

/// To the user that the servers run as: the path and everything below it.
void PgCluster::give_away(const fs::path& path) const {
  if (installation_.user.empty()) return;
  const passwd* user = ::getpwnam(installation_.user.c_str());
  bool given = user != nullptr && ::lchown(path.c_str(), user->pw_uid, user->pw_gid) == 0;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    given = given && ::lchown(entry.path().c_str(), user->pw_uid, user->pw_gid) == 0;
  if (!given) throw std::runtime_error("cannot give " + path.string() + " to user " + installation_.user);
}

void PgCluster::run(const std::string& program, std::vector<std::string> arguments) {
  ProcessSpec spec;
  spec.program = installation_.programs / program;
  spec.arguments = std::move(arguments);
  spec.user = installation_.user;
  spec.working_directory = directory_;
  spec.own_session = true;
  Process process(spec);
  if (!process.finish(120s).ok()) throw std::runtime_error(program + " failed: " + process.standard_error());
}

/// Sockets are in a directory of our own, so without TCP any number is free.
int PgCluster::next_port() {
  return options_.tcp ? free_port() : 5432 + static_cast<int>(primary_.has_value() + replicas_.size());
}

/// Makes a copy of the primary a standby of it. ALTER SYSTEM's file wins over postgresql.conf.
void PgCluster::follow_primary(const std::string& name) {
  const fs::path copy = directory_ / name;
  std::ofstream(copy / "standby.signal");
  std::ofstream(copy / "postgresql.auto.conf", std::ios::app)
      << "primary_conninfo = '" << primary_->conninfo() << " application_name=" << name << "'\n"
      << "primary_slot_name = '" << name << "'\n";
  give_away(copy);
}

PgServer& PgCluster::add_replica(const Settings& settings) {
  std::string name = "replica_" + std::to_string(replicas_.size() + 1);
  base_backup({primary_->conninfo(), {}}, primary_->directory(), directory_ / name, name);
  follow_primary(name);
  auto& replica = replicas_.emplace_back(installation_, directory_ / name, directory_, next_port(), options_.tcp);
  replica.configure(settings);
  replica.start();
  return replica;
}

}  // namespace pgfill::rig
