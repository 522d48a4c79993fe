#include <libpq-fe.h>

#include <memory>

#include "postgres/session.h"

namespace pgfill::postgres {

std::optional<Error> check_conninfo(const std::string& conninfo) {
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(conninfo.c_str(), &complaint), &PQconninfoFree);
  Error error;
  if (!options) {
    error.code = ErrorCode::usage;
    error.message = "the connection string is not understood: " + std::string(complaint == nullptr ? "" : complaint);
    while (error.message.ends_with('\n')) error.message.pop_back();
    error.hint = "write it as psql takes it: \"host=db1 dbname=shop\" or postgresql://db1/shop";
    PQfreemem(complaint);
    return error;
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) != "password" || option->val == nullptr) continue;
    error.code = ErrorCode::password_on_command;
    error.message = "the connection string carries a password";
    error.hint = "keep it in ~/.pgpass, a service file or PGPASSWORD";
    return error;
  }
  return std::nullopt;
}

}  // namespace pgfill::postgres
