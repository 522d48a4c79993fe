#include "support/unusual_settings.h"

#include <map>
#include <set>

namespace pgfill::tests {
namespace {

using Values = std::vector<std::string>;

/// Of settings that are numbers of which the smallest or the largest only mean that nobody gets on: a connection that
/// ends at once, a statement that has no time.
const std::map<std::string, Values>& chosen_numbers() {
  static const std::map<std::string, Values> values{
      // Numbers: the least value switches them off, and 1 would end every session or statement of anybody.
      {"statement_timeout", {"500"}},
      {"transaction_timeout", {"500"}},
      {"idle_session_timeout", {"150"}},
      {"idle_in_transaction_session_timeout", {"150"}},
      {"lock_timeout", {"1"}},
      {"client_connection_check_interval", {"1"}},
      // Costs nobody plans with: at the largest numbers every plan costs the same.
      {"seq_page_cost", {"0", "1000"}},
      {"random_page_cost", {"0", "1000"}},
      {"cpu_tuple_cost", {"0", "1000"}},
      {"cpu_index_tuple_cost", {"0", "1000"}},
      {"cpu_operator_cost", {"0", "1000"}},
      // The largest is what the system allows.
      {"max_stack_depth", {"100"}},
  };
  return values;
}

/// Of settings that are texts. None: there is none to try.
const std::map<std::string, Values>& chosen_texts() {
  static const std::map<std::string, Values> values{
      {"search_path", {"hostile, pg_catalog", "''", "nowhere"}},
      {"datestyle", {"'SQL, DMY'", "'German, DMY'", "'Postgres, YMD'"}},
      {"timezone", {"'Asia/Kolkata'", "'America/St_Johns'", "'XYZ-11:30'"}},
      {"timezone_abbreviations", {"'India'"}},
      {"client_encoding", {"'LATIN1'", "'SQL_ASCII'"}},
      {"application_name", {"'pgfill:any-setting/1'", "''"}},
      {"default_tablespace", {"any_settings"}},
      {"default_table_access_method", {"any_settings"}},
      {"extension_destdir", {"'/nowhere'"}},
      {"default_text_search_config", {"'pg_catalog.german'"}},
      {"temp_tablespaces", {"'nowhere'"}},
      // Without $libdir a server from 18 on finds no PL/pgSQL for anybody.
      {"dynamic_library_path", {"'/nowhere:$libdir'"}},
      {"extension_control_path", {"'/nowhere'"}},
      {"lc_messages", {"'POSIX'"}},
      {"lc_monetary", {"'POSIX'"}},
      {"lc_numeric", {"'POSIX'"}},
      {"lc_time", {"'POSIX'"}},
      {"backtrace_functions", {"'exec_simple_query'"}},
      {"wal_consistency_checking", {"'all'"}},
      {"createrole_self_grant", {"'set, inherit'"}},
      {"restrict_nonsystem_relation_kind", {"'view, foreign-table'"}},
      {"event_triggers", {"off"}},
      // A library that is not there keeps everybody out, and in the folder of the other setting there is none.
      {"session_preload_libraries", {"'plpgsql'"}},
      {"local_preload_libraries", {}},
      {"plpgsql.extra_errors", {"'all'", "'shadowed_variables'", "'too_many_rows'", "'strict_multi_assignment'"}},
      {"plpgsql.extra_warnings", {"'all'"}},
  };
  return values;
}

/// Empty: none was chosen for this setting.
const Values* chosen_values(const std::string& name) {
  for (const auto* values : {&chosen_numbers(), &chosen_texts()}) {
    if (const auto chosen = values->find(name); chosen != values->end()) return &chosen->second;
  }
  return nullptr;
}

bool is_tried_alone(const std::string& name, const std::string& type) {
  static const std::set<std::string> words{"array_nulls",
                                           "allow_system_table_mods",
                                           "check_function_bodies",
                                           "deadlock_timeout",
                                           "exit_on_error",
                                           "extra_float_digits",
                                           "ignore_checksum_failure",
                                           "lo_compat_privileges",
                                           "max_stack_depth",
                                           "quote_all_identifiers",
                                           "row_security",
                                           "standard_conforming_strings",
                                           "track_activities",
                                           "track_counts",
                                           "transform_null_equals",
                                           "zero_damaged_pages"};
  if (type == "string" || words.contains(name)) return true;
  if (name.starts_with("plpgsql.") || name.starts_with("default_") || name.ends_with("_timeout")) return true;
  return type == "enum" && !name.starts_with("log_") && !name.starts_with("client_min_");
}

std::vector<Trial> trials_of(const postgres::Rows& settings, int row) {
  const std::string name = settings.string(row, 0);
  const std::string type = settings.string(row, 1);
  const std::string_view usual = settings.text(row, 2);
  std::vector<Trial> trials;
  if (const Values* const chosen = chosen_values(name)) {
    for (const std::string& value : *chosen) trials.push_back({name, value});
  } else if (type == "bool") {
    trials.push_back({name, usual == "on" ? "off" : "on"});
  } else if (type == "enum") {
    for (const std::string& value : settings.array(row, 5)) {
      if (value != usual) trials.push_back({name, "'" + value + "'"});
    }
  } else if (type != "string") {
    for (const int extreme : {3, 4}) {
      if (settings.text(row, extreme) != usual) trials.push_back({name, settings.string(row, extreme)});
    }
  }
  return trials;
}

}  // namespace

std::string described(const std::vector<Trial>& trials) {
  std::string text;
  for (const Trial& trial : trials) text += (text.empty() ? "" : "; ") + trial.name + " = " + trial.value;
  return text;
}

/// What a role or a database cannot carry though it is shown as a setting of sessions: of one transaction. And
/// default_transaction_read_only, under which nobody may write.
UnusualSettings::UnusualSettings(Database& database) {
  database.execute("LOAD 'plpgsql'");
  const postgres::Rows settings = database.rows(
      "SELECT lower(name), vartype, boot_val, min_val, max_val, enumvals FROM pg_settings "
      "WHERE context IN ('user', 'superuser') AND name NOT IN ('transaction_isolation', 'transaction_deferrable', "
      "'transaction_read_only', 'default_transaction_read_only') ORDER BY name");
  for (int row = 0; row < settings.size(); ++row) add(settings, row);
}

void UnusualSettings::add(const postgres::Rows& settings, int row) {
  constexpr std::size_t company = 16;
  const std::vector<Trial> trials = trials_of(settings, row);
  const std::string name = settings.string(row, 0);
  if (trials.empty() && settings.text(row, 1) == "string" && chosen_values(name) == nullptr)
    without_value += name + ' ';
  if (is_tried_alone(name, settings.string(row, 1))) {
    alone.insert(alone.end(), trials.begin(), trials.end());
    return;
  }
  // Of levels the two ends are enough.
  if (trials.empty()) return;
  const std::size_t group = 2 * (static_cast<std::size_t>(row) / company);
  if (together.size() <= group) together.resize(group + 2);
  together[group].push_back(trials.front());
  if (trials.size() > 1) together[group + 1].push_back(trials.back());
}

}  // namespace pgfill::tests
