#include "postgres/server_version.h"

#include <array>
#include <cassert>

namespace pgfill::postgres {
namespace {

constexpr std::array table{
    FeatureRow{Feature::hash_of_records, 14, "stripes of a key of several columns or of text",
               "hash_record_extended(record, bigint)"},
    FeatureRow{Feature::scans_of_positions, 14, "ranges of ctid are read without the rest of the table", ""},
    FeatureRow{Feature::detach_concurrently, 14, "a partition is detached beside readers and writers", ""},
    FeatureRow{Feature::version_of_database_collation, 15, "the database records its collation's version",
               "pg_database_collation_actual_version(oid)"},
    FeatureRow{Feature::backup_by_start_and_stop, 15, "pg_backup_start; pg_start_backup before",
               "pg_backup_start(text, boolean)"},
    FeatureRow{Feature::heap_only_beside_brin, 16, "an update of columns in BRIN indexes alone stays heap-only", ""},
    FeatureRow{Feature::view_of_checkpointer, 17, "counts of checkpoints; in pg_stat_bgwriter before",
               "pg_stat_checkpointer"},
};

constexpr int per_major = 10000;

}  // namespace

std::span<const FeatureRow> feature_table() {
  return table;
}

bool has(int server_version, Feature feature) {
  for (const FeatureRow& row : table) {
    if (row.feature == feature) return major_of(server_version) >= row.since;
  }
  assert(!"every feature has a row");
  return false;
}

int major_of(int server_version) {
  return server_version / per_major;
}

bool is_too_old(int server_version) {
  return major_of(server_version) < oldest_major;
}

}  // namespace pgfill::postgres
