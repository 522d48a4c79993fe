// A job spec: what a person wrote, decoded and checked without a database. Value types; safe to copy between threads.
// Field reference with defaults and ranges: jobs/README.md, generated from the same table as the decoder.
#pragma once

#include <cassert>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pgfill/kind.h"
#include "pgfill/result.h"
#include "pgfill/throttle.h"

namespace pgfill {

/// Which rows the last range covers.
enum class Bound {
  open,      ///< up to the end of the table, rows inserted meanwhile included; the default
  at_start,  ///< up to the largest key at planning; later rows are somebody else's work
};

/// How large one transaction may be.
struct BatchLimits {
  std::chrono::milliseconds target_time{25};  ///< what batch size is steered to; 1 ms to 500 ms
  int min_rows = 50;                          ///< for the sake of target_time; fewer where rows are wide; 1 to max_rows
  int max_rows = 50'000;                      ///< largest slice in rows walked; up to 1,000,000
};

/// Whether the table is gone over in several passes, each changing every k-th row, so that old versions are pruned
/// between them and the table hardly grows.
enum class Stripes {
  automatic,  ///< where the facts say that it pays; the default
  off,
  on,  ///< where it is possible at all
};

/// In which order the rows of a table are gone over.
enum class Order {
  automatic,  ///< in physical order where rows do not lie in the order of their keys and the job allows it; the default
  key,
  physical,  ///< by their place in the table's file, where the job allows it
};

/// As the spec spells them.
constexpr std::string_view word_of(Stripes stripes) {
  return stripes == Stripes::automatic ? "auto" : stripes == Stripes::on ? "on" : "off";
}
constexpr std::string_view word_of(Order order) {
  return order == Order::automatic ? "auto" : order == Order::physical ? "physical" : "key";
}

/// Without a number of workers in the spec: so many at first, and at most.
inline constexpr int first_workers = 2;
inline constexpr int most_found_workers = 8;

/// What a person says of a function whose code does not tell what it does.
struct Assumption {
  /// What it does with the job's table.
  enum class Effect {
    harmless,     ///< it neither reads nor writes it
    reads_table,  ///< it does
  };
  std::string schema, function;  ///< an empty schema: any
  Effect effect = Effect::harmless;
};

/// What happens to a row that cannot take its new value for a reason of its data.
struct BadRows {
  /// What is done about it.
  enum class Action {
    stop,        ///< the job stops with the server's message; the default
    quarantine,  ///< the row is set aside with its error, and the job goes on
  };
  Action action = Action::stop;
  int at_most = 100;  ///< rows set aside before the job stops; 0 to 1,000,000
};

/// One backfill as its author described it. Made by parse_spec or parse_statement, which check every field.
struct JobSpec {
  std::string job;               ///< unique in its database; 1 to 63 of [a-z0-9_-]
  std::string schema;            ///< empty: found by the server's search_path
  std::string table;             ///< unquoted name
  std::string alias;             ///< how expressions call the table; empty: its name
  bool only = false;             ///< as in UPDATE ONLY: not the rows of tables that inherit from it
  Kind kind;                     ///< what becomes of its rows
  std::string from;              ///< other tables that it is joined with, as in UPDATE … FROM; empty: none
  std::string where;             ///< SQL condition for rows still to do; empty: every row
  std::vector<std::string> key;  ///< empty: chosen from the catalogue
  Bound bound = Bound::open;
  std::vector<std::pair<std::string, std::string>> connection;  ///< libpq keywords and values; never a password
  BatchLimits batch;
  Stripes stripes = Stripes::automatic;
  Order order = Order::automatic;
  int workers = 0;    ///< the most batches at once, 1 to 64; 0: as many as pay, found while the job runs
  Throttle throttle;  ///< the pressure on the database it accepts
  BadRows bad_rows;
  std::vector<Assumption> assume;  ///< of functions that the job calls
  std::string owner, runbook;      ///< the team that answers for it; an http(s) URL or a path; both may be empty

  /// The new values; of other kinds than an update there are none. To change them, it must be one (asserted).
  const std::vector<Assignment>& set() const { return assignments_of(kind); }
  std::vector<Assignment>& set() {
    assert(std::holds_alternative<Update>(kind) && "only an update has new values");
    return std::get<Update>(kind).set;
  }
  /// Null for other kinds.
  const Delete* deletes() const { return std::get_if<Delete>(&kind); }
};

/// Decodes a YAML spec. `file` is used in messages only. Errors: spec_* of error_table.inc, each with its place.
Result<JobSpec> parse_spec(std::string_view yaml, std::string file);

/// Reads and decodes a spec file. Errors: spec_unreadable and those of parse_spec.
Result<JobSpec> load_spec(const std::string& path);

/// Turns one SQL UPDATE or DELETE into a spec. `job` names it; empty: a name made from the table and what is done.
/// Errors: sql_* of error_table.inc, each with its place in the statement and what to write instead.
Result<JobSpec> parse_statement(std::string_view sql, std::string job = {});

/// The one statement of an SQL script that becomes a job, and what stands around it and is not carried out.
struct ScriptStatement {
  JobSpec spec;
  std::vector<std::string> left_out;  ///< in order: "line 2: SET lock_timeout = '2s'"
};

/// Finds the one UPDATE or DELETE of a script. BEGIN, COMMIT, settings of time limits and simple commands of psql are
/// left out. `file` is used in messages; `job` as in parse_statement. Errors: those of parse_statement, with places in
/// the file; several statements that do work are refused with the place of each.
Result<ScriptStatement> parse_script(std::string_view script, std::string file, std::string job = {});

/// Reads a script. Errors: spec_unreadable and those of parse_script.
Result<ScriptStatement> load_script(const std::string& path, std::string job = {});

/// True for the name of an SQL script: it ends in .sql.
bool is_script_name(std::string_view path);

/// True when the text is an SQL statement, not the name of a file or a job.
bool looks_like_sql(std::string_view text);

/// The spec as commented YAML that parse_spec reads back to an equal spec.
std::string to_yaml(const JobSpec& spec);

/// The parts of the spec that decide which rows get which values (table, alias, only, set or delete, from, where, key,
/// bound) as text: equal text, same job. All else may change between two runs of a job. How the author wrote it down
/// (SQL or YAML, order of the columns set, blanks, comments, letter case, brackets without effect) leaves no trace.
std::string canonical_form(const JobSpec& spec);

}  // namespace pgfill
