// What a failure asks for, and the conditions that the engine knows by name. Both are read from an SQLSTATE, and for
// some from the message, by sqlstate.cpp alone; everybody else compares these. Values only.
#pragma once

namespace pgfill {

/// What is to be done about it.
enum class FailureClass {
  retry,      ///< the batch may succeed when tried again after a pause
  passing,    ///< as retry: an internal error that others' DDL causes in passing; not for ever
  locked,     ///< another session held a row, or we were its deadlock victim: go on around what is held
  slow,       ///< cancelled, by our own timeout or by a person: try again with less
  reconnect,  ///< the session is gone or useless; what was in flight must be read from the ledger
  shrink,     ///< a row of the batch is bad: halve down to it
  pause,      ///< a resource is exhausted: a person or a cleaner must act
  stop,       ///< the statement cannot work
  alarm,      ///< data corruption
  fenced,     ///< another runner holds the range now: nothing was written
};

namespace postgres {

/// Conditions by name: those of PostgreSQL's Appendix A that something of its own is done or said about, and those that
/// the engine raises itself.
enum class Condition {
  other,  ///< nothing of its own: the class says it all
  // Of the engine.
  fenced,           ///< pgfill.fence()
  wrong_server,     ///< run/sessions
  table_changed,    ///< ledger::require_unchanged_table, pgfill.require_table()
  key_index_gone,   ///< the same, when only the unique index over the key is missing
  guardrail,        ///< run/pressure
  unknown_setting,  ///< work::require_settings
  no_end,           ///< run/completion: rows meet the condition again and again
  own_statement,    ///< work::note_failure: a statement of the engine's own failed as a row's would
  own_work,         ///< work::RangeMachine: the job makes its own work
  refused_row,      ///< a row that a function always refuses, by whatever state
  over_allowance,   ///< a job would delete more than at_most
  ledger_too_old,   ///< a statement names what the ledger's functions do not have
  // Of the server.
  transaction_rollback,
  serialization_failure,
  lock_not_available,
  query_canceled,
  disk_full,
  too_many_connections,
  read_only_transaction,
  character_not_in_repertoire,
  insufficient_privilege,
  undefined_column,
  invalid_column_reference,
  feature_not_supported,
  access_rule_violation,  ///< another state of the class 42, syntax errors included
};

}  // namespace postgres
}  // namespace pgfill
