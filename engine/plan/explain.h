// Lets the server check and plan the statement of a batch, without running it, and reads its answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/task.h"
#include "postgres/session.h"
#include "sql/statement_builder.h"

namespace pgfill::plan {

/// One relation that the statement reads.
struct Scan {
  std::string method;  ///< the plan node: "Seq Scan", "Index Scan" …
  std::string schema;
  std::string relation;
  std::string alias;
  std::string index;                            ///< empty for scans without one; several joined by " and "
  double rows = 0;                              ///< as the planner expects
  bool whole = false;                           ///< reads all of the relation, whichever rows the batch has
  bool each_row = false;                        ///< and does so anew for each row of the batch
  bool hashed = false;                          ///< for a hash table of its own, made anew for each batch
  std::vector<std::string> columns = {};        ///< those of the relation that its filter names, else that it gives
  std::optional<double> relation_rows = {};     ///< by statistics; empty: not known, or not asked
  std::vector<std::string> begin_indexes = {};  ///< columns of the relation that an index begins with
};

/// The method that reads the rows between two positions.
inline constexpr std::string_view position_scan = "Tid Range Scan";

/// The server's refusal of the statement.
struct Rejection {
  std::string sqlstate;
  std::string message;
  std::string hint;
  std::string place;  ///< "set account_state", "from" or "where"; empty when the server did not point there
  postgres::Condition condition = postgres::Condition::other;
  std::string missing_column =
      {};  ///< the name that the server calls no column of the table; empty: it says something else
};

/// What the server says of the job's statement.
struct StatementFacts {
  std::optional<Rejection> rejection;  ///< the transaction is rolled back then
  bool empty_table = false;            ///< there was no key to make a batch of
  std::vector<Scan> scans;             ///< of one typical batch
  std::vector<Scan> whole_scans;       ///< of the statement over the whole table, also of an empty one
  std::string text;                    ///< its plan for people
  std::string expressions;             ///< everything the plan computes, each in a line
  double matching_share = 1;  ///< share of the table's rows that fulfil `where`, as the planner expects; 0 to 1
};

/// Explains the batch that would begin at the first key, under `settings` (in the order of session_settings.sql); what
/// follows is under the engine's own again. Reads at most a thousand index entries. Failures other than the server's
/// judgement on the statement are thrown (postgres::Failure). `table`: of which the share of matching rows is asked, if
/// not of the target.
async::Task<StatementFacts> explain_batch(postgres::Session& session, sql::Target target,
                                          std::vector<std::string> settings, std::optional<sql::Target> table = {});

/// The relations read in the plan, from EXPLAIN (VERBOSE, FORMAT JSON); the row estimate of the topmost node.
struct ParsedPlan {
  std::vector<Scan> scans;
  double rows = 0;
  std::string expressions;
};
ParsedPlan parse_plan(std::string_view json);

/// All lines of an EXPLAIN's answer.
std::string lines_of(const postgres::Rows& rows);

/// Which expression of the target holds the 1-based character position in the statement's text; empty when none does.
std::string place_of(const sql::Target& target, std::string_view statement, int position);

}  // namespace pgfill::plan
