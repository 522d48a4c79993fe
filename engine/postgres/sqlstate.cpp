#include "postgres/sqlstate.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "postgres/failure.h"

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
    Rule{"PF006", FailureClass::stop, ErrorCode::statement_failed},      // work::require_settings
    Rule{"PF007", FailureClass::stop, ErrorCode::statement_failed},      // run/completion
    Rule{"PF008", FailureClass::stop, ErrorCode::statement_failed},      // work::outcome_of: the engine's own statement
    Rule{"PF009", FailureClass::pause, ErrorCode::guardrail},            // work::RangeMachine
    Rule{"PF011", FailureClass::pause, ErrorCode::guardrail},            // a job deletes more than at_most
    Rule{"PF010", FailureClass::shrink, ErrorCode::data_rejected},       // work/refusals: a row that is always refused
    Rule{"PF012", FailureClass::stop, ErrorCode::table_changed_midway},  // ledger::key_changes
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
    Rule{"25P04", FailureClass::reconnect, ErrorCode::unreachable},      // transaction_timeout
    Rule{"22", FailureClass::shrink, ErrorCode::data_rejected},          // data exceptions
    Rule{"23", FailureClass::shrink, ErrorCode::data_rejected},          // constraint violations
    Rule{"21", FailureClass::shrink, ErrorCode::data_rejected},          // a sub-select with several rows
    Rule{"P0", FailureClass::shrink, ErrorCode::data_rejected},          // raised by PL/pgSQL, in a trigger mostly
    Rule{"P0000", FailureClass::stop, ErrorCode::statement_failed},      // plpgsql_error: its own, of no row
    Rule{"53100", FailureClass::pause, ErrorCode::resources_exhausted},  // disk_full
    Rule{"53200", FailureClass::pause, ErrorCode::resources_exhausted},  // out_of_memory
    Rule{"54", FailureClass::pause, ErrorCode::resources_exhausted},     // program limits
    Rule{"54000", FailureClass::shrink, ErrorCode::data_rejected},       // an index row too large, for instance
    Rule{"28", FailureClass::stop, ErrorCode::authentication},           // invalid authorization
    Rule{"42501", FailureClass::stop, ErrorCode::privilege},             // insufficient_privilege
    Rule{"3D", FailureClass::stop, ErrorCode::unreachable},              // no such database
    Rule{"XX001", FailureClass::alarm, ErrorCode::data_corrupted},       // data_corrupted
    Rule{"XX002", FailureClass::alarm, ErrorCode::data_corrupted},       // index_corrupted
};

/// What PostgreSQL defines (its errcodes.txt, 13 to 18, and 72 of before) or pgfill does.
constexpr std::array<std::string_view, 44> known_classes{
    "00", "01", "02", "03", "08", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10", "20", "21",
    "22", "23", "24", "25", "26", "27", "28", "2B", "2D", "2F", "34", "38", "39", "3B", "3D",
    "3F", "40", "42", "44", "53", "54", "55", "57", "58", "72", "F0", "HV", "XX", "PF"};

/// What a trigger raises by a state of its own (RAISE … USING ERRCODE), for a row as a rule.
constexpr Rule of_its_own{"", FailureClass::shrink, ErrorCode::data_rejected};

constexpr std::string_view internal_error = "XX000";
constexpr std::string_view protocol_violation = "08P01";
constexpr std::string_view connection_failure = "08006";

constexpr std::string_view access_rule_violation = "42";

/// Conditions that have a state of their own.
constexpr std::array<std::pair<Condition, std::string_view>, 23> states{{
    {Condition::fenced, "PF001"},
    {Condition::wrong_server, "PF003"},
    {Condition::table_changed, "PF004"},
    {Condition::guardrail, "PF005"},
    {Condition::unknown_setting, "PF006"},
    {Condition::no_end, "PF007"},
    {Condition::own_statement, "PF008"},
    {Condition::own_work, "PF009"},
    {Condition::refused_row, "PF010"},
    {Condition::over_allowance, "PF011"},
    {Condition::key_index_gone, "PF012"},
    {Condition::transaction_rollback, "40000"},
    {Condition::serialization_failure, "40001"},
    {Condition::lock_not_available, "55P03"},
    {Condition::query_canceled, "57014"},
    {Condition::disk_full, "53100"},
    {Condition::too_many_connections, "53300"},
    {Condition::read_only_transaction, "25006"},
    {Condition::character_not_in_repertoire, "22021"},
    {Condition::insufficient_privilege, "42501"},
    {Condition::undefined_column, "42703"},
    {Condition::invalid_column_reference, "42P10"},
    {Condition::feature_not_supported, "0A000"},
}};

/// How internal errors begin that somebody's DDL causes between two steps of a statement. The server translates none of
/// them.
constexpr std::array<std::string_view, 4> passing_errors{"could not open relation with OID", "cache lookup failed for",
                                                         "tuple concurrently updated", "tuple concurrently deleted"};

bool passes(std::string_view message) {
  return std::any_of(passing_errors.begin(), passing_errors.end(),
                     [message](std::string_view begin) { return message.starts_with(begin); });
}

bool is_of_its_own(std::string_view sqlstate) {
  const std::string_view of_class = sqlstate.substr(0, 2);
  return std::find(known_classes.begin(), known_classes.end(), of_class) == known_classes.end();
}

const Rule* rule_for(std::string_view sqlstate) {
  const Rule* best = nullptr;
  for (const Rule& rule : rules) {
    const bool longer = best == nullptr || rule.prefix.size() > best->prefix.size();
    if (longer && sqlstate.starts_with(rule.prefix)) best = &rule;
  }
  return best == nullptr && is_of_its_own(sqlstate) ? &of_its_own : best;
}

}  // namespace

// While connecting libpq gives no SQLSTATE.
bool is_crowded(const Failure& failure) {
  const std::string_view message = failure.what();
  return failure.condition() == Condition::too_many_connections ||
         message.find("too many connections for ") != std::string_view::npos ||
         message.find("sorry, too many clients already") != std::string_view::npos ||
         message.find("remaining connection slots are reserved") != std::string_view::npos;
}

FailureClass classify(std::string_view sqlstate, std::string_view message) {
  if (sqlstate.empty()) return FailureClass::reconnect;
  if (sqlstate == internal_error && passes(message)) return FailureClass::passing;
  const Rule* rule = rule_for(sqlstate);
  return rule == nullptr ? FailureClass::stop : rule->failure;
}

Condition condition_of(std::string_view sqlstate, std::string_view message) {
  const auto found =
      std::find_if(states.begin(), states.end(), [&](const auto& row) { return row.second == sqlstate; });
  if (found != states.end()) return found->first;
  if (!sqlstate.starts_with(access_rule_violation)) return Condition::other;
  const bool of_ledger = message.find("pgfill.") != std::string_view::npos;
  return of_ledger ? Condition::ledger_too_old : Condition::access_rule_violation;
}

std::string_view state_of(Condition condition) {
  const auto found =
      std::find_if(states.begin(), states.end(), [&](const auto& row) { return row.first == condition; });
  assert(found != states.end() && "the condition has a state of its own");
  return found->second;
}

std::string missing_column(const Failure& failure) {
  constexpr std::string_view begin = "column \"";
  const std::string_view message = failure.what();
  if (failure.condition() != Condition::undefined_column || !message.starts_with(begin)) return {};
  return std::string(message.substr(begin.size(), message.find('"', begin.size()) - begin.size()));
}

std::string state_at_end(std::string sqlstate) {
  return sqlstate == internal_error || sqlstate == protocol_violation ? std::string(connection_failure) : sqlstate;
}

ErrorCode error_code_of(std::string_view sqlstate) {
  if (sqlstate.empty()) return ErrorCode::unreachable;
  const Rule* rule = rule_for(sqlstate);
  return rule == nullptr ? ErrorCode::statement_failed : rule->code;
}

}  // namespace pgfill::postgres
