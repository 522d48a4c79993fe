// What a job's functions and triggers mean for its batches. Two batches at once do not see each other's rows: code that
// reads or writes the job's table, or reads and writes another one, gives a result no serial run could have had unless
// batches run one after the other. Pure; called_code.h has the facts.
#pragma once

#include <string>
#include <vector>

#include "pgfill/spec.h"
#include "plan/called_code.h"

namespace pgfill::plan {

/// A function of which nobody can tell what it does.
struct UnknownEffect {
  std::string who;            ///< "function f(integer)" or "trigger t (function f())"
  std::string function;       ///< schema.name, to say it in the spec
  std::string reason;         ///< half a sentence
  bool may_be_stale = false;  ///< STABLE in an expression: if it reads the table, the job must not run
};

struct Effects {
  std::vector<std::string> stale_reads;  ///< "function f(integer)": STABLE, in an expression, and reads the job's table
  std::vector<std::string> in_turn;      ///< why batches must run one after the other, as half sentences
  std::vector<UnknownEffect> unknown;
  std::vector<std::string> not_called;       ///< functions that the spec speaks of and the job does not call
  std::vector<std::string> reads_elsewhere;  ///< functions and triggers that read other tables
  /// STABLE ones in an expression among them: they see the other table as the statement does, like a sub-select.
  std::vector<std::string> reads_in_snapshot;
  std::vector<std::string> inserts;  ///< those that insert into the job's table

  bool reads_other_tables() const { return !reads_elsewhere.empty(); }
  bool may_insert_into_target() const { return !inserts.empty() || !unknown.empty(); }
  /// Why no batch of the job may run beside another one; empty: they may.
  std::string one_at_a_time() const;
};

/// `set`: names of the columns that the job changes, generated ones included. `moves_rows`: one of them is of the
/// partition key, so that an update may insert and delete.
struct JobChange {
  std::vector<std::string> set;
  bool moves_rows = false;
  bool deletes = false;  ///< it changes no row, but deletes them
  std::string table;     ///< as a person writes it
};

/// The sentence that refuses a job for a function of `Effects::stale_reads`.
std::string stale_read(const std::string& function, const std::string& table);

Effects judge_effects(const CalledCode& code, const JobChange& change, const std::vector<Assumption>& assumptions);

}  // namespace pgfill::plan
