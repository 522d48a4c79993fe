#include "rig/pg_server.h"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace pgfill::rig {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto patience = 60s;

std::optional<fs::path> chosen_programs() {
  const char* chosen = std::getenv("PGFILL_POSTGRES");
  if (chosen == nullptr || *chosen == '\0') return std::nullopt;
  const fs::path programs = fs::absolute(chosen);
  if (!fs::exists(programs / "postgres"))
    throw std::runtime_error("PGFILL_POSTGRES names " + programs.string() + ", where no program postgres is");
  return programs;
}

std::optional<fs::path> debian_programs() {
  const fs::path base = "/usr/lib/postgresql";
  if (fs::exists(base / "15/bin/postgres")) return base / "15/bin";
  std::error_code ignored;
  int newest = 0;
  for (const auto& entry : fs::directory_iterator(base, ignored)) {
    if (fs::exists(entry.path() / "bin/postgres"))
      newest = std::max(newest, std::atoi(entry.path().filename().c_str()));
  }
  if (newest == 0) return std::nullopt;
  return base / std::to_string(newest) / "bin";
}

std::optional<fs::path> programs_on_path() {
  const char* path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    if (fs::exists(fs::path(directory) / "initdb") && fs::exists(fs::path(directory) / "postgres")) return directory;
  }
  return std::nullopt;
}

std::string quoted(const std::string& value) {
  std::string result = "'";
  for (char c : value) {
    if (c == '\'') result += '\'';
    result += c;
  }
  return result + "'";
}

}  // namespace

Installation find_installation() {
  auto programs = chosen_programs();
  if (!programs) programs = debian_programs();
  if (!programs) programs = programs_on_path();
  if (!programs) {
    throw std::runtime_error("no PostgreSQL server is installed here; on Debian: apt-get install postgresql-15");
  }
  bool root = ::geteuid() == 0;
  if (root && ::getpwnam("postgres") == nullptr) {
    throw std::runtime_error("PostgreSQL refuses to run as root and there is no user postgres to run it as");
  }
  return {*programs, root ? "postgres" : ""};
}

PgServer::PgServer(Installation installation, fs::path directory, fs::path sockets, int port, bool tcp)
    : installation_(std::move(installation)),
      directory_(std::move(directory)),
      sockets_(std::move(sockets)),
      port_(port) {
  configure({{"listen_addresses", tcp ? "127.0.0.1" : ""},
             {"unix_socket_directories", sockets_},
             {"port", std::to_string(port_)},
             {"logging_collector", "off"},
             {"log_line_prefix", "%m [%p] %a "}});
}

PgServer::~PgServer() {
  if (!running()) return;
  process_->signal(SIGCONT);
  process_->signal(SIGQUIT);
  process_->finish(10s);
}

void PgServer::configure(const Settings& settings) {
  std::ofstream file(directory_ / "postgresql.conf", std::ios::app);
  for (const auto& [name, value] : settings) file << name << " = " << quoted(value) << "\n";
  file.close();
  if (!file) throw std::runtime_error("cannot write " + (directory_ / "postgresql.conf").string());
}

void PgServer::start() {
  ProcessSpec spec;
  spec.program = installation_.programs / "postgres";
  spec.arguments = {"-D", directory_};
  spec.user = installation_.user;
  spec.working_directory = directory_;
  spec.output = ProcessSpec::Output::file;
  spec.output_file = directory_.string() + ".log";
  spec.own_session = true;
  process_.emplace(spec);
  auto until = std::chrono::steady_clock::now() + patience;
  while (status() != "ready") {
    if (!running()) fail("the scratch server ended while starting");
    if (std::chrono::steady_clock::now() > until) fail("the scratch server does not become ready");
    std::this_thread::sleep_for(5ms);
  }
}

/// The last line of postmaster.pid, which pg_ctl reads too: starting, stopping, ready or standby. Empty unless the
/// file is of our process: after a crash an old one lies there.
std::string PgServer::status() const {
  std::ifstream file(directory_ / "postmaster.pid");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.size() < 8 || lines[0] != std::to_string(process_->pid())) return {};
  return lines[7].substr(0, lines[7].find(' '));
}

void PgServer::stop(Stop how) {
  if (!running()) return;
  process_->signal(how == Stop::fast ? SIGINT : SIGQUIT);
  if (!process_->wait_for(patience)) fail("the scratch server does not stop");
}

void PgServer::restart(Stop how) {
  stop(how);
  start();
}

void PgServer::promote() {
  ProcessSpec spec;
  spec.program = installation_.programs / "pg_ctl";
  spec.arguments = {"promote", "-w", "-D", directory_};
  spec.user = installation_.user;
  spec.working_directory = directory_;
  if (!Process(spec).finish(patience).ok()) fail("the standby does not become a primary");
}

std::string PgServer::conninfo(const std::string& database) const {
  return "host=" + sockets_.string() + " port=" + std::to_string(port_) + " user=postgres dbname=" + database;
}

std::string PgServer::tcp_conninfo(const std::string& database) const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres dbname=" + database;
}

std::vector<std::pair<std::string, std::string>> PgServer::environment(const std::string& database) const {
  return {{"PGHOST", sockets_}, {"PGPORT", std::to_string(port_)}, {"PGUSER", "postgres"}, {"PGDATABASE", database}};
}

std::string PgServer::log_tail() const {
  std::ifstream file(directory_.string() + ".log");
  std::stringstream text;
  text << file.rdbuf();
  std::string all = text.str();
  constexpr std::size_t shown = 2000;
  return all.size() > shown ? all.substr(all.size() - shown) : all;
}

void PgServer::fail(const std::string& what) const {
  throw std::runtime_error(what + " (" + directory_.string() + ")\n" + log_tail());
}

}  // namespace pgfill::rig
