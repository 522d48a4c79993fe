#include "cli/connection.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace pgfill::cli {

namespace {

/// libpq's own variables for the keywords a spec may hold.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> libpq_variables{{
    {"service", "PGSERVICE"},
    {"servicefile", "PGSERVICEFILE"},
    {"host", "PGHOST"},
    {"hostaddr", "PGHOSTADDR"},
    {"port", "PGPORT"},
    {"user", "PGUSER"},
    {"dbname", "PGDATABASE"},
    {"passfile", "PGPASSFILE"},
    {"sslmode", "PGSSLMODE"},
    {"sslcert", "PGSSLCERT"},
    {"sslkey", "PGSSLKEY"},
    {"sslrootcert", "PGSSLROOTCERT"},
    {"sslcrl", "PGSSLCRL"},
    {"channel_binding", "PGCHANNELBINDING"},
    {"gssencmode", "PGGSSENCMODE"},
    {"krbsrvname", "PGKRBSRVNAME"},
    {"connect_timeout", "PGCONNECT_TIMEOUT"},
    {"target_session_attrs", "PGTARGETSESSIONATTRS"},
}};

/// One rank of the order: a whole target, single keywords, or both.
struct Rank {
  std::optional<std::string> dsn;
  Keywords keywords;
};

bool has(const Keywords& keywords, std::string_view name) {
  return std::any_of(keywords.begin(), keywords.end(), [&](const auto& keyword) { return keyword.first == name; });
}

void add(Keywords& keywords, const std::string& name, const std::optional<std::string>& value) {
  if (value && !has(keywords, name)) keywords.emplace_back(name, *value);
}

Rank rank_of(const ConnectionFlags& flags) {
  Rank rank{flags.dsn, {}};
  add(rank.keywords, "service", flags.service);
  add(rank.keywords, "host", flags.host);
  add(rank.keywords, "port", flags.port);
  add(rank.keywords, "user", flags.user);
  add(rank.keywords, "dbname", flags.dbname);
  return rank;
}

ConnectionFlags flags_of(const Environment& environment) {
  return {environment("PGFILL_DSN"),  environment("PGFILL_SERVICE"), environment("PGFILL_HOST"),
          environment("PGFILL_PORT"), environment("PGFILL_USER"),    environment("PGFILL_DBNAME")};
}

Keywords libpq_keywords(const Environment& environment) {
  Keywords keywords;
  for (const auto& [name, variable] : libpq_variables)
    add(keywords, std::string(name), environment(std::string(variable)));
  return keywords;
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

ConnectionSettings resolve_connection(const ConnectionFlags& flags, const Environment& environment,
                                      const Keywords& spec) {
  ConnectionSettings settings;
  for (const Rank& rank : {rank_of(flags), rank_of(flags_of(environment))}) {
    for (const auto& [name, value] : rank.keywords) add(settings.keywords, name, value);
    settings.conninfo = rank.dsn.value_or("");
    if (rank.dsn || has(settings.keywords, "service")) return settings;
  }
  if (spec.empty()) return settings;
  // libpq ranks its variables below every keyword; as keywords they rank above the spec's.
  for (const auto& [name, value] : libpq_keywords(environment)) add(settings.keywords, name, value);
  if (has(settings.keywords, "service")) return settings;
  for (const auto& [name, value] : spec) add(settings.keywords, name, value);
  return settings;
}

}  // namespace pgfill::cli
