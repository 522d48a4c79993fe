#include "plan/effects.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <tuple>

namespace pgfill::plan {
namespace {

enum class Event { insert, update, remove };

/// How the code that is looked at came to run.
struct Caller {
  std::string who;               ///< what the job calls, or sets off; empty: its own expressions
  std::string function;          ///< schema.name, of the function that is looked at
  int depth = 0;                 ///< 1: it is called by the job, or the trigger's own
  bool of_expression = true;     ///< called by the job's expressions, not by a change of rows
  bool sees_own_writes = false;  ///< a VOLATILE function is on the way: each of its statements sees what is written
};

/// Functions in C of the extensions people use that touch no table, though nothing about them says so.
constexpr std::array<std::string_view, 5> harmless_in_c{"autoinc", "insert_username", "lo_manage", "moddatetime",
                                                        "triggered_change_notification"};

/// Who it is, for the begin of a sentence.
std::string named(const Caller& caller) {
  return caller.who + (caller.depth > 1 ? ", by way of " + caller.function + "()," : "");
}

bool shares(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  return std::any_of(left.begin(), left.end(), [&](const std::string& name) {
    return std::find(right.begin(), right.end(), name) != right.end();
  });
}

void add_once(std::vector<std::string>& list, std::string text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
}

class Judge {
 public:
  Judge(const CalledCode& code, const JobChange& change, const std::vector<Assumption>& assumptions)
      : code_(code), change_(change), assumptions_(assumptions), spoken_of_(assumptions.size(), false) {}

  Effects judge();

 private:
  void enter(const Code& code, const Caller& caller);
  void call(const FunctionKey& key, const Caller& caller);
  void call_all(const FunctionKeys& keys, const Caller& caller);
  void read(Oid oid, const Caller& caller);
  void write(Oid oid, Event event, const Caller& caller);
  void change_rows(const RelationFact& relation, Event event, const Caller& caller);
  void carry_on(const RelationFact& relation, Event event, const Caller& caller);
  void change_own_table();
  bool is_assumed(const FunctionFact& function, const Caller& caller);
  bool can_be_read(const FunctionFact& function, const Caller& caller);
  void unknown(const Caller& caller, const std::string& reason, bool may_be_stale);
  void read_target(const Caller& caller);
  void compare_others();

  const CalledCode& code_;
  const JobChange& change_;
  const std::vector<Assumption>& assumptions_;
  std::vector<bool> spoken_of_;
  Effects effects_;
  std::map<Oid, std::pair<std::string, std::string>> others_read_;  ///< by root: who, and the table's name
  std::map<Oid, std::string> others_written_;                       ///< by root: who
  std::set<std::tuple<FunctionKey, bool, bool>> called_;
  std::set<std::tuple<Oid, bool, bool>> read_;
  std::set<std::pair<Oid, Event>> written_;
};

Effects Judge::judge() {
  enter(code_.job, Caller{});
  change_own_table();
  compare_others();
  for (std::size_t i = 0; i < assumptions_.size(); ++i) {
    const Assumption& one = assumptions_[i];
    if (!spoken_of_[i]) effects_.not_called.push_back((one.schema.empty() ? "" : one.schema + ".") + one.function);
  }
  return std::move(effects_);
}

void Judge::enter(const Code& code, const Caller& caller) {
  call_all(code.calls, caller);
  for (const Oid oid : code.reads) read(oid, caller);
  for (const Oid oid : code.inserts) write(oid, Event::insert, caller);
  for (const Oid oid : code.updates) write(oid, Event::update, caller);
  for (const Oid oid : code.deletes) write(oid, Event::remove, caller);
}

void Judge::call_all(const FunctionKeys& keys, const Caller& caller) {
  for (const FunctionKey& key : keys) call(key, caller);
}

void Judge::call(const FunctionKey& key, const Caller& caller) {
  if (!called_.emplace(key, caller.of_expression, caller.sees_own_writes).second) return;
  const auto found = code_.functions.find(key);
  if (found == code_.functions.end()) {
    if (!caller.who.empty()) unknown(caller, "it calls more functions than are looked at", false);
    return;
  }
  const FunctionFact& function = found->second;
  Caller own = caller;
  const std::string name = "function " + function.signature;
  if (caller.who.empty()) own.who = name;
  if (caller.who.ends_with('(')) own.who += name + ")";
  own.function = function.schema + "." + function.name;
  ++own.depth;
  own.sees_own_writes = caller.sees_own_writes || function.volatility == 'v';
  if (is_assumed(function, own) || !can_be_read(function, own)) return;
  enter(function.code, own);
}

/// What a person says of a function holds instead of what is read.
bool Judge::is_assumed(const FunctionFact& function, const Caller& caller) {
  for (std::size_t i = 0; i < assumptions_.size(); ++i) {
    const Assumption& one = assumptions_[i];
    if (one.function != function.name || (!one.schema.empty() && one.schema != function.schema)) continue;
    spoken_of_[i] = true;
    if (one.effect == Assumption::Effect::reads_table) read_target(caller);
    return true;
  }
  return false;
}

/// False when its code tells nothing: then it does none of it, or is noted as unknown.
bool Judge::can_be_read(const FunctionFact& function, const Caller& caller) {
  const bool immutable = function.volatility == 'i';
  const bool may_be_stale = caller.of_expression && !caller.sees_own_writes;
  if (function.language == "internal" || (immutable && function.language != "sql" && function.language != "plpgsql"))
    return false;
  if (function.language == "c") {
    const bool known = std::find(harmless_in_c.begin(), harmless_in_c.end(), function.name) != harmless_in_c.end();
    if (function.parallel != 's' && !known) unknown(caller, "it is written in C", may_be_stale);
    return false;
  }
  if (function.language != "sql" && function.language != "plpgsql") {
    unknown(caller, "it is written in " + function.language, may_be_stale);
    return false;
  }
  if (!function.code.not_known.empty() && !immutable) unknown(caller, function.code.not_known.front(), may_be_stale);
  return true;
}

void Judge::unknown(const Caller& caller, const std::string& reason, bool may_be_stale) {
  const auto same = [&](const UnknownEffect& one) { return one.who == caller.who && one.function == caller.function; };
  if (std::any_of(effects_.unknown.begin(), effects_.unknown.end(), same)) return;
  effects_.unknown.push_back({caller.who, caller.function, reason, may_be_stale});
}

void Judge::read_target(const Caller& caller) {
  if (caller.who.empty()) return;  // refused by its own check
  if (caller.of_expression && !caller.sees_own_writes) {
    add_once(effects_.stale_reads, named(caller));
  } else {
    add_once(effects_.in_turn, named(caller) + " reads " + change_.table);
  }
}

void Judge::read(Oid oid, const Caller& caller) {
  const auto found = code_.relations.find(oid);
  if (found == code_.relations.end()) return;
  const RelationFact& relation = found->second;
  if (relation.is_target) return read_target(caller);
  if (relation.kind != 'v') {
    others_read_.emplace(relation.root, std::pair(caller.who, relation.schema + "." + relation.name));
    if (!caller.who.empty()) add_once(effects_.reads_elsewhere, caller.who);
    const bool in_snapshot = caller.of_expression && !caller.sees_own_writes;
    if (!caller.who.empty() && in_snapshot) add_once(effects_.reads_in_snapshot, caller.who);
    return;
  }
  if (!read_.emplace(oid, caller.of_expression, caller.sees_own_writes).second) return;
  call_all(relation.view_functions, caller);
  for (const Oid below : relation.view_of) read(below, caller);
}

void Judge::write(Oid oid, Event event, const Caller& caller) {
  const auto found = code_.relations.find(oid);
  if (found == code_.relations.end()) return;
  const RelationFact& relation = found->second;
  if (relation.is_target) {
    if (event == Event::insert) add_once(effects_.inserts, caller.who);
    add_once(effects_.in_turn, named(caller) + " writes " + change_.table);
  } else if (relation.kind != 'v') {
    others_written_.emplace(relation.root, caller.who);
  }
  if (!written_.emplace(oid, event).second) return;
  if (relation.has_rules) unknown(caller, "it writes " + relation.name + ", which has rules", false);
  if (relation.kind == 'v') {
    call_all(relation.view_functions, caller);
    for (const Oid below : relation.view_of) {
      read(below, caller);
      write(below, event, caller);
    }
  }
  change_rows(relation, event, caller);
}

/// What a change of rows by the caller sets off.
void Judge::change_rows(const RelationFact& relation, Event event, const Caller& caller) {
  Caller fired = caller;
  fired.of_expression = false;
  fired.sees_own_writes = true;
  for (const FiredTrigger& trigger : relation.triggers) {
    const bool fires = (event == Event::insert && trigger.on_insert) || (event == Event::update && trigger.on_update) ||
                       (event == Event::remove && trigger.on_delete);
    if (fires) call_all(trigger.functions, fired);
  }
  if (event != Event::remove) call_all(relation.on_change, fired);
  carry_on(relation, event, fired);
}

void Judge::carry_on(const RelationFact& relation, Event event, const Caller& caller) {
  for (const CarriedChange& carried : relation.carried) {
    if (event == Event::update && carried.on_update) write(carried.relation, Event::update, caller);
    if (event == Event::remove && carried.on_delete)
      write(carried.relation, carried.deletes ? Event::remove : Event::update, caller);
  }
}

/// What the change, or the deletion, of a batch sets off.
void Judge::change_own_table() {
  const auto found = code_.relations.find(code_.target);
  if (found == code_.relations.end()) return;
  const RelationFact& table = found->second;
  for (const FiredTrigger& trigger : table.triggers) {
    const bool updates =
        !change_.deletes && trigger.on_update && (trigger.columns.empty() || shares(trigger.columns, change_.set));
    const bool moves = change_.moves_rows && (trigger.on_insert || trigger.on_delete);
    if (!updates && !moves && !(change_.deletes && trigger.on_delete)) continue;
    called_.clear();  // each trigger is to be named
    call_all(trigger.functions, Caller{"trigger " + trigger.name + " (", "", 0, false, true});
  }
  called_.clear();
  if (!change_.deletes) call_all(table.on_change, Caller{"a check, index or generated column (", "", 0, false, true});
  for (const CarriedChange& carried : table.carried) {
    if (!change_.deletes && carried.on_update && shares(carried.columns, change_.set))
      write(carried.relation, Event::update, Caller{"a foreign key's ON UPDATE", "", 0, false, true});
    if (change_.deletes && carried.on_delete)
      write(carried.relation, carried.deletes ? Event::remove : Event::update,
            Caller{"a foreign key's ON DELETE", "", 0, false, true});
  }
}

/// A table that the job's code reads and writes: a batch at the same time would read what the other is about to change.
void Judge::compare_others() {
  for (const auto& [root, reader] : others_read_) {
    const auto writer = others_written_.find(root);
    if (writer == others_written_.end()) continue;
    const auto& [who, name] = reader;
    const std::string reads = who.empty() ? "an expression reads " + name : who + " reads " + name;
    add_once(effects_.in_turn, who == writer->second ? who + " reads and writes " + name
                                                     : reads + ", which " + writer->second + " writes");
  }
}

}  // namespace

std::string Effects::one_at_a_time() const {
  if (!in_turn.empty()) return in_turn.front() + (in_turn.size() > 1 ? ", and more" : "");
  return unknown.empty() ? "" : "nobody can tell what " + unknown.front().who + " does: " + unknown.front().reason;
}

Effects judge_effects(const CalledCode& code, const JobChange& change, const std::vector<Assumption>& assumptions) {
  return Judge(code, change, assumptions).judge();
}

}  // namespace pgfill::plan
