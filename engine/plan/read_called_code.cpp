#include "plan/read_called_code.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "parse/names_in_sql.h"
#include "plan/resolve_names.h"
#include "plan/statements.h"
#include "spec/joined.h"

namespace pgfill::plan {
namespace {

using async::Task;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

/// More is not looked at: nobody's batch calls so much, and what is left out counts as unknown.
constexpr std::size_t most_functions = 1'000;
constexpr int most_rounds = 32;

char letter(const Rows& rows, int row, int column) {
  return rows.text(row, column).empty() ? ' ' : rows.text(row, column).front();
}

Oid oid_of(const std::string& text) {
  return static_cast<Oid>(std::strtoul(text.c_str(), nullptr, 10));
}

std::vector<std::string> texts(const std::set<Oid>& oids) {
  std::vector<std::string> list;
  for (const Oid oid : oids) list.push_back(std::to_string(oid));
  return list;
}

FunctionKeys keys_of(const std::vector<std::string>& oids, const std::string& search_path) {
  FunctionKeys keys;
  for (const std::string& oid : oids) keys.push_back({oid_of(oid), search_path});
  return keys;
}

Oids oids_of(const std::vector<std::string>& texts) {
  Oids oids;
  for (const std::string& text : texts) oids.push_back(oid_of(text));
  return oids;
}

std::vector<std::string> strings(const nlohmann::json& list) {
  std::vector<std::string> strings;
  for (const auto& item : list) strings.push_back(item.get<std::string>());
  return strings;
}

std::vector<FiredTrigger> triggers_of(std::string_view text, const std::string& search_path) {
  std::vector<FiredTrigger> triggers;
  for (const auto& item : nlohmann::json::parse(text)) {
    FiredTrigger trigger{item["name"], item["insert"], item["update"], item["delete"], strings(item["columns"]), {}};
    for (const auto& function : item["functions"]) trigger.functions.push_back({function.get<Oid>(), search_path});
    triggers.push_back(std::move(trigger));
  }
  return triggers;
}

/// Names of transition tables, which lead to no relation.
void add_own_tables(std::string_view text, std::map<Oid, std::set<std::string>>& own_tables) {
  for (const auto& item : nlohmann::json::parse(text)) {
    for (const auto& function : item["functions"]) {
      for (const std::string& name : strings(item["tables"])) own_tables[function.get<Oid>()].insert(name);
    }
  }
}

std::vector<CarriedChange> carried_of(std::string_view text) {
  std::vector<CarriedChange> carried;
  for (const auto& item : nlohmann::json::parse(text)) {
    carried.push_back({item["relation"], item["update"], item["delete"], item["deletes"], strings(item["columns"])});
  }
  return carried;
}

RelationFact relation_at(const Rows& rows, int row, const std::string& search_path) {
  RelationFact relation;
  relation.schema = rows.string(row, 1);
  relation.name = rows.string(row, 2);
  relation.kind = letter(rows, row, 3);
  relation.is_target = rows.boolean(row, 4);
  relation.root = static_cast<Oid>(rows.integer(row, 5));
  relation.view_of = oids_of(rows.array(row, 6));
  relation.view_functions = keys_of(rows.array(row, 7), search_path);
  relation.on_change = keys_of(rows.array(row, 8), search_path);
  relation.has_rules = rows.boolean(row, 9);
  relation.triggers = triggers_of(rows.text(row, 10), search_path);
  relation.carried = carried_of(rows.text(row, 11));
  return relation;
}

/// One reading on its way: what is known, and what is to be asked next.
class Reading {
 public:
  Reading(postgres::Session& session, std::string search_path)
      : session_(session), search_path_(std::move(search_path)) {}

  Task<CalledCode> read(JobSpec spec, Oid table);

 private:
  Task<void> ask_relations();
  Task<void> ask_functions();
  Task<void> resolve_new_code();
  FunctionFact take_function(const Rows& rows, int row, const FunctionKey& key);
  void follow(const Code& code);
  void follow(const FunctionKeys& keys);
  void follow_relations(const Oids& oids);

  postgres::Session& session_;
  std::string search_path_;
  CalledCode found_;
  std::set<FunctionKey> functions_;  ///< to be asked
  std::set<Oid> relations_;          ///< to be asked
  std::vector<NamedCode> unresolved_;
  std::map<Oid, std::set<std::string>> own_tables_;
};

Task<CalledCode> Reading::read(JobSpec spec, Oid table) {
  found_.target = table;
  relations_.insert(table);
  NamedCode job{std::nullopt, search_path_, {}};
  for (const Assignment& assignment : assignments_of(spec.kind))
    job.names.add(parse::names_in_expression(assignment.expression));
  const std::string condition = spec::row_condition(spec);
  if (!condition.empty()) job.names.add(parse::names_in_expression(condition));
  job.names.not_known.clear();  // the server judges its own statement
  unresolved_.push_back(std::move(job));
  for (int round = 0; round < most_rounds; ++round) {
    if (functions_.empty() && relations_.empty() && unresolved_.empty()) break;
    if (found_.functions.size() > most_functions) break;
    co_await resolve_new_code();
    co_await ask_relations();
    co_await ask_functions();
  }
  co_return std::move(found_);
}

void Reading::follow(const FunctionKeys& keys) {
  for (const FunctionKey& key : keys) {
    if (!found_.functions.contains(key)) functions_.insert(key);
  }
}

void Reading::follow_relations(const Oids& oids) {
  for (const Oid oid : oids) {
    if (!found_.relations.contains(oid)) relations_.insert(oid);
  }
}

void Reading::follow(const Code& code) {
  follow(code.calls);
  for (const Oids* oids : {&code.reads, &code.inserts, &code.updates, &code.deletes}) follow_relations(*oids);
}

Task<void> Reading::resolve_new_code() {
  std::vector<NamedCode> unresolved = std::exchange(unresolved_, {});
  const std::vector<Code> codes = co_await resolve_names(session_, unresolved, search_path_);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    follow(codes[i]);
    Code& place = unresolved[i].function ? found_.functions[*unresolved[i].function].code : found_.job;
    place.calls.insert(place.calls.end(), codes[i].calls.begin(), codes[i].calls.end());
    place.reads = codes[i].reads;
    place.inserts = codes[i].inserts;
    place.updates = codes[i].updates;
    place.deletes = codes[i].deletes;
    place.not_known = codes[i].not_known;
  }
}

Task<void> Reading::ask_relations() {
  const std::set<Oid> asked = std::exchange(relations_, {});
  if (asked.empty()) co_return;
  Parameters parameters{postgres::array_literal(texts(asked)), std::to_string(found_.target)};
  const Rows rows = co_await session_.query(sql::plan_relation_facts, std::move(parameters));
  for (int row = 0; row < rows.size(); ++row) {
    RelationFact relation = relation_at(rows, row, search_path_);
    add_own_tables(rows.text(row, 10), own_tables_);
    for (const FiredTrigger& trigger : relation.triggers) follow(trigger.functions);
    follow(relation.on_change);
    follow(relation.view_functions);
    follow_relations(relation.view_of);
    for (const CarriedChange& carried : relation.carried) follow_relations({carried.relation});
    found_.relations.emplace(static_cast<Oid>(rows.integer(row, 0)), std::move(relation));
  }
}

Task<void> Reading::ask_functions() {
  const std::set<FunctionKey> asked = std::exchange(functions_, {});
  std::set<Oid> oids;
  for (const FunctionKey& key : asked) oids.insert(key.oid);
  if (oids.empty()) co_return;
  Parameters parameters{postgres::array_literal(texts(oids))};
  const Rows rows = co_await session_.query(sql::plan_function_facts, std::move(parameters));
  for (int row = 0; row < rows.size(); ++row) {
    const auto oid = static_cast<Oid>(rows.integer(row, 0));
    for (const FunctionKey& key : asked) {
      if (key.oid == oid) found_.functions.emplace(key, take_function(rows, row, key));
    }
  }
}

/// The names of its code are to be resolved in the next round.
FunctionFact Reading::take_function(const Rows& rows, int row, const FunctionKey& key) {
  FunctionFact function{rows.string(row, 1),
                        rows.string(row, 2),
                        rows.string(row, 3),
                        rows.string(row, 4),
                        letter(rows, row, 5),
                        letter(rows, row, 6),
                        {}};
  const std::string own_path = rows.string(row, 7);
  const std::string definition = rows.string(row, 8);
  const std::string body = rows.string(row, 9);
  NamedCode code{key, own_path.empty() ? key.search_path : own_path, {}};
  if (rows.boolean(row, 10)) {  // an aggregate: no code of its own
    function.language = "sql";
    function.code.calls = keys_of(rows.array(row, 11), code.search_path);
    follow(function.code.calls);
    return function;
  }
  if (function.language == "plpgsql") {
    code.names = parse::names_in_plpgsql(definition, body);
  } else if (function.language == "sql" && body.empty()) {
    code.names = parse::names_in_sql_body(definition);
    code.search_path = search_path_;  // as the server has printed it just now
  } else if (function.language == "sql") {
    code.names = parse::names_in_statements(body);
  } else {
    return function;
  }
  for (const std::string& table : own_tables_[key.oid]) code.names.own_tables.insert({"", table});
  unresolved_.push_back(std::move(code));
  return function;
}

}  // namespace

Task<CalledCode> read_called_code(postgres::Session& session, JobSpec spec, Oid table, std::string search_path) {
  Reading reading(session, std::move(search_path));
  co_return co_await reading.read(std::move(spec), table);
}

}  // namespace pgfill::plan
