#include "spec/connection_keywords.h"

namespace pgfill::spec {

const std::vector<std::string_view>& connection_keywords() {
  static const std::vector<std::string_view> keywords{
      "service",          "host",
      "hostaddr",         "port",
      "dbname",           "user",
      "passfile",         "sslmode",
      "sslcert",          "sslkey",
      "sslrootcert",      "sslcrl",
      "sslcrldir",        "sslsni",
      "sslcompression",   "ssl_min_protocol_version",
      "requirepeer",      "ssl_max_protocol_version",
      "channel_binding",  "target_session_attrs",
      "connect_timeout",  "keepalives",
      "keepalives_idle",  "keepalives_interval",
      "keepalives_count", "tcp_user_timeout",
      "gssencmode",       "krbsrvname",
      "gsslib",           "options",
  };
  return keywords;
}

bool is_secret_keyword(std::string_view keyword) {
  return keyword == "password" || keyword == "sslpassword";
}

std::string_view refused_keyword(std::string_view keyword) {
  if (keyword == "application_name" || keyword == "fallback_application_name") {
    return "pgfill names its own sessions pgfill:<job>/<worker>";
  }
  if (keyword == "client_encoding") return "pgfill always speaks UTF-8 with the server";
  if (keyword == "replication") return "a backfill does not run over a replication connection";
  return {};
}

bool is_connection_string(std::string_view dbname) {
  return dbname.find('=') != std::string_view::npos || dbname.starts_with("postgresql://") ||
         dbname.starts_with("postgres://");
}

}  // namespace pgfill::spec
