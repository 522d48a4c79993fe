#include "rig/base_backup.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include "async/run_to_end.h"
#include "postgres/server_version.h"
#include "postgres/session.h"
#include "rig/statements.h"

namespace pgfill::rig {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr async::milliseconds patience = 60s;

/// Of these directories a standby makes the contents anew (PostgreSQL's manual, "Making a Base Backup Using the Low
/// Level API").
constexpr std::array<std::string_view, 8> left_empty{"pg_wal",    "pg_replslot",  "pg_dynshmem", "pg_notify",
                                                     "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"};
constexpr std::array<std::string_view, 4> left_out{"postmaster.pid", "postmaster.opts", "pg_internal.init",
                                                   "pg_control"};

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The server may remove a file meanwhile; its WAL says so.
void copy_one(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy_file(from, to, error);
  if (error && error != std::errc::no_such_file_or_directory)
    throw fs::filesystem_error("cannot copy for a replica", from, to, error);
}

void make_directory(const fs::path& path) {
  fs::create_directory(path);
  fs::permissions(path, fs::perms::owner_all);
}

void copy_directory(const fs::path& from, const fs::path& to) {
  make_directory(to);
  std::error_code gone;
  for (auto entry = fs::directory_iterator(from, gone); !gone && entry != fs::directory_iterator();
       entry.increment(gone)) {
    const std::string name = entry->path().filename();
    if (is_one_of(left_out, name) || name.starts_with("pgsql_tmp")) continue;
    if (is_one_of(left_empty, name))
      make_directory(to / name);
    else if (entry->is_directory(gone))
      copy_directory(entry->path(), to / name);
    else
      copy_one(entry->path(), to / name);
  }
}

/// pg_control comes last: it must not be older than any page.
void copy_all(const fs::path& from, const fs::path& to) {
  copy_directory(from, to);
  copy_one(from / "global/pg_control", to / "global/pg_control");
}

/// The backup lasts as long as the session that began it.
async::Task<void> back_up(ConnectionSettings primary, fs::path from, fs::path to, std::string slot) {
  const auto deadline = async::Deadline::after(10s);
  const auto session = co_await postgres::Session::open(std::move(primary), "pgfill-rig", deadline);
  const bool start_and_stop = postgres::has(session->server_version(), postgres::Feature::backup_by_start_and_stop);
  postgres::Parameters name;
  name.emplace_back(std::move(slot));
  co_await session->query(sql::rig_make_slot, std::move(name), patience);
  const sql::Statement begin = start_and_stop ? sql::rig_begin_backup : sql::rig_begin_backup_14;
  co_await session->query(begin, postgres::Parameters(), patience);
  copy_all(from, to);
  const sql::Statement end = start_and_stop ? sql::rig_end_backup : sql::rig_end_backup_14;
  const postgres::Rows label = co_await session->query(end, postgres::Parameters(), patience);
  std::ofstream file(to / "backup_label", std::ios::binary);
  if (!(file << label.string(0, 0)).flush()) throw std::runtime_error("cannot write " + (to / "backup_label").string());
}

}  // namespace

void base_backup(const ConnectionSettings& primary, const fs::path& from, const fs::path& to, const std::string& slot) {
  async::run_to_end(back_up(primary, from, to, slot));
}

}  // namespace pgfill::rig
