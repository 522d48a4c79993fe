// The server must be new enough and must take writes; a pooler on the way to it costs something.
#include "plan/checks/checks.h"
#include "postgres/server_version.h"

namespace pgfill::plan {

void check_server(const Subject& subject, Findings& findings) {
  const int version = subject.facts.table.server_version;
  if (postgres::is_too_old(version)) {
    refuse(findings, "server", ErrorCode::server_too_old,
           "the server is PostgreSQL " + std::to_string(postgres::major_of(version)) + "; pgfill needs " +
               std::to_string(postgres::oldest_major) + " or newer",
           "upgrade the server");
  }
  if (subject.facts.in_recovery) {
    refuse(findings, "server", ErrorCode::server_read_only, "the server is a standby and takes no writes",
           "connect to the primary, for instance with target_session_attrs=read-write and all hosts listed");
  } else if (subject.facts.read_only) {
    refuse(findings, "server", ErrorCode::server_read_only,
           "transactions of this role are read-only here (default_transaction_read_only), so that nobody writes",
           "if the job may: ALTER ROLE ... IN DATABASE ... SET default_transaction_read_only = off");
  }
  if (const auto& few = subject.facts.too_few_sessions) {
    refuse(findings, "server", ErrorCode::privilege, described(*few), remedy_of(*few));
  }
  if (subject.facts.pooled) {
    note(findings, "server",
         "a pooler is between pgfill and the server: statements are planned anew for every batch, and a killed runner's"
         " job is taken over only when its lease ends",
         "connect to the server itself where you can");
  }
}

}  // namespace pgfill::plan
