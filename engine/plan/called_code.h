// The functions, triggers and relations that the statements of a job lead to, as a graph of plain facts: names are
// resolved, nothing is judged. read_called_code.h asks the server, effects.h judges.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pgfill::plan {

using Oid = std::uint32_t;

/// A function and the search path it is called under: what its names lead to depends on both.
struct FunctionKey {
  Oid oid = 0;
  std::string search_path;

  auto operator<=>(const FunctionKey&) const = default;
};

using FunctionKeys = std::vector<FunctionKey>;
using Oids = std::vector<Oid>;

/// What a text of SQL does.
struct Code {
  FunctionKeys calls;
  Oids reads;
  Oids inserts;
  Oids updates;
  Oids deletes;
  std::vector<std::string> not_known;  ///< why that may not be all
};

struct FunctionFact {
  std::string signature;  ///< name and types of arguments, as the job's search path needs it
  std::string schema;
  std::string name;
  std::string language;
  char volatility = 'v';  ///< pg_proc.provolatile
  char parallel = 'u';    ///< pg_proc.proparallel
  Code code;              ///< of languages that can be read
};

struct FiredTrigger {
  std::string name;
  bool on_insert = false;
  bool on_update = false;
  bool on_delete = false;
  std::vector<std::string> columns;  ///< of UPDATE OF; empty: any
  FunctionKeys functions;            ///< its own and those of its condition
};

/// A foreign key of another relation that carries a change on to its rows.
struct CarriedChange {
  Oid relation = 0;
  bool on_update = false;
  bool on_delete = false;
  bool deletes = false;              ///< a deletion deletes there, too
  std::vector<std::string> columns;  ///< that it refers to
};

struct RelationFact {
  std::string schema;
  std::string name;
  char kind = 'r';         ///< pg_class.relkind
  bool is_target = false;  ///< the job's table, a partition or child of it, or what it is one of
  Oid root = 0;            ///< of its partitions or inheritance
  bool has_rules = false;
  Oids view_of;                 ///< relations of a view
  FunctionKeys view_functions;  ///< functions of a view
  FunctionKeys on_change;       ///< functions of checks, defaults, indexes and generated columns
  std::vector<FiredTrigger> triggers;
  std::vector<CarriedChange> carried;
};

/// What is not in it was not looked at: calls that go too deep.
struct CalledCode {
  Oid target = 0;
  Code job;  ///< of its new values and its condition
  std::map<FunctionKey, FunctionFact> functions;
  std::map<Oid, RelationFact> relations;
};

}  // namespace pgfill::plan
