// What PostgreSQL servers can do that not every supported one can: one table, and the only place that compares server
// versions. Settings that only newer servers have are not here: pin_session.sql and pin_settings.sql ask for their
// names.
#pragma once

#include <span>
#include <string_view>

namespace pgfill::postgres {

/// The majors that the tests run on. Newer servers are taken as the newest.
inline constexpr int oldest_major = 13;
inline constexpr int newest_major = 18;

enum class Feature {
  hash_of_records,
  scans_of_positions,
  detach_concurrently,
  version_of_database_collation,
  backup_by_start_and_stop,
  heap_only_beside_brin,
  view_of_checkpointer,
};

struct FeatureRow {
  Feature feature;
  int since;  ///< the first major that has it
  std::string_view what;
  std::string_view shown_by;  ///< a function or relation that comes with it; empty: nothing that SQL could ask for
};

/// Every feature once.
std::span<const FeatureRow> feature_table();

/// `server_version` as libpq and server_version_num have it: 150018 is 15.18.
bool has(int server_version, Feature feature);
int major_of(int server_version);
bool is_too_old(int server_version);

}  // namespace pgfill::postgres
