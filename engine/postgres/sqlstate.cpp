#include "postgres/sqlstate.h"

#include <array>

namespace pgfill::postgres {
namespace {

struct Rule {
  std::string_view prefix;  ///< a whole SQLSTATE or its first characters; the longest match wins
  FailureClass failure;
  ErrorCode code;
};

constexpr std::array rules{
    Rule{"PF001", FailureClass::fenced, ErrorCode::ownership_lost},      // pgfill.fence()
    Rule{"PF003", FailureClass::alarm, ErrorCode::wrong_server},         // run/sessions
    Rule{"PF004", FailureClass::stop, ErrorCode::table_changed_midway},  // ledger::table_changes
    Rule{"PF005", FailureClass::pause, ErrorCode::guardrail},            // run/pressure
    Rule{"40", FailureClass::retry, ErrorCode::statement_failed},        // rolled back: serialization and the like
    Rule{"40P01", FailureClass::locked, ErrorCode::statement_failed},    // deadlock_detected
    Rule{"55P03", FailureClass::locked, ErrorCode::statement_failed},    // lock_not_available
    Rule{"57014", FailureClass::slow, ErrorCode::statement_failed},      // query_canceled: our own timeout or cancel
    Rule{"53300", FailureClass::reconnect, ErrorCode::unreachable},      // too_many_connections
    Rule{"57P03", FailureClass::reconnect, ErrorCode::unreachable},      // cannot_connect_now
    Rule{"08", FailureClass::reconnect, ErrorCode::unreachable},         // connection exceptions
    Rule{"08P01", FailureClass::stop, ErrorCode::statement_failed},      // protocol_violation: not worth a retry
    Rule{"57P01", FailureClass::reconnect, ErrorCode::unreachable},      // admin_shutdown
    Rule{"57P02", FailureClass::reconnect, ErrorCode::unreachable},      // crash_shutdown
    Rule{"57P05", FailureClass::reconnect, ErrorCode::unreachable},      // idle_session_timeout
    Rule{"25006", FailureClass::reconnect, ErrorCode::unreachable},      // read_only_sql_transaction: find the primary
    Rule{"25P03", FailureClass::reconnect, ErrorCode::unreachable},      // idle_in_transaction_session_timeout
    Rule{"22", FailureClass::shrink, ErrorCode::data_rejected},          // data exceptions
    Rule{"23", FailureClass::shrink, ErrorCode::data_rejected},          // constraint violations
    Rule{"P0001", FailureClass::shrink, ErrorCode::data_rejected},       // raise_exception, by a trigger
    Rule{"53100", FailureClass::pause, ErrorCode::resources_exhausted},  // disk_full
    Rule{"53200", FailureClass::pause, ErrorCode::resources_exhausted},  // out_of_memory
    Rule{"54", FailureClass::pause, ErrorCode::resources_exhausted},     // program limits
    Rule{"28", FailureClass::stop, ErrorCode::authentication},           // invalid authorization
    Rule{"42501", FailureClass::stop, ErrorCode::privilege},             // insufficient_privilege
    Rule{"3D", FailureClass::stop, ErrorCode::unreachable},              // no such database
    Rule{"XX001", FailureClass::alarm, ErrorCode::data_corrupted},       // data_corrupted
    Rule{"XX002", FailureClass::alarm, ErrorCode::data_corrupted},       // index_corrupted
};

const Rule* rule_for(std::string_view sqlstate) {
  const Rule* best = nullptr;
  for (const Rule& rule : rules) {
    const bool longer = best == nullptr || rule.prefix.size() > best->prefix.size();
    if (longer && sqlstate.starts_with(rule.prefix)) best = &rule;
  }
  return best;
}

}  // namespace

FailureClass classify(std::string_view sqlstate) {
  if (sqlstate.empty()) return FailureClass::reconnect;
  const Rule* rule = rule_for(sqlstate);
  return rule == nullptr ? FailureClass::stop : rule->failure;
}

ErrorCode error_code_of(std::string_view sqlstate) {
  if (sqlstate.empty()) return ErrorCode::unreachable;
  const Rule* rule = rule_for(sqlstate);
  return rule == nullptr ? ErrorCode::statement_failed : rule->code;
}

}  // namespace pgfill::postgres
