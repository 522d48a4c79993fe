#include "postgres/failure.h"

#include "postgres/sqlstate.h"

namespace pgfill::postgres {

Failure::Failure(std::string sqlstate, const std::string& message, std::string detail, std::string hint)
    : std::runtime_error(message),
      sqlstate_(std::move(sqlstate)),
      detail_(std::move(detail)),
      hint_(std::move(hint)),
      class_(classify(sqlstate_, message)),
      condition_(condition_of(sqlstate_, message)) {}

Failure::Failure(Condition condition, const std::string& message)
    : Failure(std::string(state_of(condition)), message) {}

namespace {

/// A detail may hold a whole row.
constexpr std::size_t longest_detail = 400;

/// libpq reports a refused login or TLS connection without an SQLSTATE when it is the client that refuses.
bool is_login_refusal(const std::string& message) {
  for (const char* sign : {"authentication failed", "no password supplied", "pg_hba.conf", "SSL error", "certificate",
                           "does not support SSL", "authentication method", "root certificate", "FATAL:  role \"",
                           "is not permitted to log in"}) {
    if (message.find(sign) != std::string::npos) return true;
  }
  return false;
}

bool is_encryption_refusal(const std::string& message) {
  for (const char* sign : {"SSL", "certificate"}) {
    if (message.find(sign) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // within a character
  return text.substr(0, end) + " ... (" + std::to_string(text.size()) + " bytes)";
}

std::string with_detail(const Failure& failure) {
  if (failure.detail().empty()) return failure.what();
  std::string detail = shortened(failure.detail(), longest_detail);
  if (detail.back() == '.') detail.pop_back();  // more may follow
  return std::string(failure.what()) + "; " + detail;
}

Error to_error(const Failure& failure, const std::string& doing) {
  Error error;
  error.code = error_code_of(failure.sqlstate());
  if (error.code == ErrorCode::unreachable && is_login_refusal(failure.what())) error.code = ErrorCode::authentication;
  error.message = failure.what();
  if (!doing.empty()) error.message += " (while " + doing + ")";
  if (!failure.detail().empty()) error.message += "; " + shortened(failure.detail(), longest_detail);
  error.sqlstate = failure.sqlstate();
  error.hint = failure.hint();
  if (error.hint.empty() && is_crowded(failure)) {
    error.hint =
        "end sessions of others, or allow more: ALTER ROLE or ALTER DATABASE ... CONNECTION LIMIT, max_connections of "
        "the server";
  }
  if (error.hint.empty() && error.code == ErrorCode::unreachable) {
    error.hint = "check host, port and database name; pgfill reads the same PG* variables and service files as psql";
  }
  if (error.hint.empty() && error.code == ErrorCode::authentication && is_encryption_refusal(failure.what())) {
    error.hint =
        "a server beyond this machine must prove who it is (sslmode=verify-full): give sslrootcert the file of its "
        "certificate authority, and host a name that is in its certificate\n"
        "to go without, say so: PGSSLMODE=require (encrypted, to anybody) or PGSSLMODE=disable";
  }
  if (error.hint.empty() && error.code == ErrorCode::authentication) {
    error.hint = "check user, ~/.pgpass, pg_hba.conf and sslmode; psql with the same settings must be able to log in";
  }
  if (error.hint.empty() && error.code == ErrorCode::privilege) {
    error.hint =
        "grant it to this role, or use another (-U). A role that runs or watches jobs needs the ledger:\n"
        "GRANT USAGE ON SCHEMA pgfill TO ROLE; GRANT ALL ON ALL TABLES IN SCHEMA pgfill TO ROLE; GRANT ALL ON ALL "
        "SEQUENCES IN SCHEMA pgfill TO ROLE";
  }
  if (failure.condition() == Condition::read_only_transaction) {
    error.hint = "this session may only read: default_transaction_read_only is on, or the server is a standby";
  }
  return error;
}

}  // namespace pgfill::postgres
