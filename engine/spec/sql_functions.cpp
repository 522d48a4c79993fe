#include "spec/sql_functions.h"

#include <array>

namespace pgfill::spec {

namespace {

/// Names separated by blanks; `*` at the end of one stands for any ending.
struct NameList {
  FunctionKind kind;
  std::string_view names;
};

// From pg_proc of PostgreSQL 18 (prokind, proretset, provolatile) and the extensions people use most.
constexpr std::array<NameList, 5> lists{{
    {FunctionKind::aggregate,
     "any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp every json_agg* "
     "json_object_agg* jsonb_agg* jsonb_object_agg* max min mode percentile_cont percentile_disc range_agg "
     "range_intersect_agg regr_* stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance xmlagg"},
    {FunctionKind::set_returning,
     "_pg_expandarray aclexplode generate_series generate_subscripts json_array_elements json_array_elements_text "
     "json_each json_each_text json_object_keys json_populate_recordset json_to_recordset jsonb_array_elements "
     "jsonb_array_elements_text jsonb_each jsonb_each_text jsonb_object_keys jsonb_path_query jsonb_path_query_tz "
     "jsonb_populate_recordset jsonb_to_recordset regexp_matches regexp_split_to_table string_to_table ts_parse "
     "ts_stat unnest"},
    {FunctionKind::per_random,
     "array_sample array_shuffle gen_random_bytes gen_random_uuid nextval random random_normal uuid_generate_v* uuidv4 "
     "uuidv7"},
    {FunctionKind::session_bound,
     "currval lastval pg_backend_pid pg_current_snapshot pg_current_xact_id pg_current_xact_id_if_assigned "
     "txid_current txid_current_if_assigned txid_current_snapshot"},
    {FunctionKind::side_effect,
     "dblink* lo_export lo_import pg_advisory_* pg_cancel_backend pg_export_snapshot pg_logical_emit_message "
     "pg_promote pg_reload_conf pg_rotate_logfile* pg_sleep* pg_switch_wal pg_terminate_backend pg_try_advisory_* "
     "set_config setseed setval"},
}};

bool lists_name(std::string_view names, std::string_view name) {
  for (std::size_t begin = 0; begin < names.size();) {
    const std::size_t end = std::min(names.find(' ', begin), names.size());
    const std::string_view entry = names.substr(begin, end - begin);
    const bool open_ended = entry.ends_with('*');
    if (open_ended ? name.starts_with(entry.substr(0, entry.size() - 1)) : name == entry) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

FunctionKind kind_of_function(std::string_view name) {
  for (const NameList& list : lists) {
    if (lists_name(list.names, name)) return list.kind;
  }
  return FunctionKind::ordinary;
}

}  // namespace pgfill::spec
