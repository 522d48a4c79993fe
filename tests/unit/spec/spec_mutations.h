// Every field of a spec changed once, and whether that makes another job of it. Shared by the unit test of the
// comparison and the server test of what a run says.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pgfill/spec.h"

namespace pgfill::test {

enum class Change {
  name,   ///< names the job or the format; there is nothing to compare
  job,    ///< makes another job of it
  knob,   ///< may change between two runs
  group,  ///< changed by way of its fields
};

struct Mutation {
  std::string field;  ///< path in the field table
  Change change;
  std::string differs;  ///< the field a difference names; of Change::job only
  std::function<void(JobSpec&)> apply;
};

/// Of the limits that are one value.
inline std::vector<Mutation> limit_mutations() {
  return {
      {"throttle", Change::group, "", {}},
      {"throttle.replica_lag", Change::knob, "",
       [](JobSpec& spec) { spec.throttle.replica_lag = std::chrono::milliseconds{1500}; }},
      {"throttle.replica_backlog", Change::knob, "", [](JobSpec& spec) { spec.throttle.replica_backlog = 1 << 20; }},
      {"throttle.lock_wait", Change::knob, "",
       [](JobSpec& spec) { spec.throttle.lock_wait = std::chrono::milliseconds{50}; }},
      {"throttle.commit_latency", Change::knob, "",
       [](JobSpec& spec) { spec.throttle.commit_latency = std::chrono::milliseconds{20}; }},
      {"throttle.active_sessions", Change::knob, "", [](JobSpec& spec) { spec.throttle.active_sessions = 60; }},
      {"throttle.wal_rate", Change::knob, "", [](JobSpec& spec) { spec.throttle.wal_rate = 1 << 20; }},
      {"throttle.wal_budget", Change::knob, "", [](JobSpec& spec) { spec.throttle.wal_budget = 1 << 30; }},
      {"throttle.checkpoints", Change::knob, "", [](JobSpec& spec) { spec.throttle.checkpoints = 4; }},
      {"throttle.archive_backlog", Change::knob, "", [](JobSpec& spec) { spec.throttle.archive_backlog = 1 << 20; }},
      {"throttle.slot_retention", Change::knob, "", [](JobSpec& spec) { spec.throttle.slot_retention = 1 << 20; }},
      {"throttle.xid_age", Change::knob, "", [](JobSpec& spec) { spec.throttle.xid_age = 40; }},
      {"throttle.oldest_xmin", Change::knob, "",
       [](JobSpec& spec) { spec.throttle.oldest_xmin = std::chrono::milliseconds{1000}; }},
      {"throttle.growth", Change::knob, "", [](JobSpec& spec) { spec.throttle.growth = 20; }},
      {"throttle.disk_free", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.disk_free = FreeRoom{1 << 30, {}};
       }},
      {"throttle.server_load", Change::knob, "", [](JobSpec& spec) { spec.throttle.server_load = 150; }},
      {"throttle.courtesy", Change::knob, "", [](JobSpec& spec) { spec.throttle.courtesy = false; }},
      {"throttle.autovacuum", Change::knob, "", [](JobSpec& spec) { spec.throttle.autovacuum = true; }},
      {"throttle.ignore", Change::knob, "", [](JobSpec& spec) { spec.throttle.ignore = {"replica_lag"}; }},
  };
}

/// Of the limits that are groups or lists of groups.
inline std::vector<Mutation> signal_mutations() {
  return {
      {"throttle.replicas", Change::group, "", {}},
      {"throttle.replicas.name", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.replicas = {{"r", {{"host", "a"}}}};
       }},
      {"throttle.replicas.connection", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.replicas = {{"r", {{"host", "b"}}}};
       }},
      {"throttle.signals", Change::group, "", {}},
      {"throttle.signals.name", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.signals = {{"q", "SELECT 0", 1, std::chrono::milliseconds{1000}}};
       }},
      {"throttle.signals.sql", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.signals = {{"q", "SELECT 1", 1, std::chrono::milliseconds{1000}}};
       }},
      {"throttle.signals.limit", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.signals = {{"q", "SELECT 0", 2, std::chrono::milliseconds{1000}}};
       }},
      {"throttle.signals.every", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.signals = {{"q", "SELECT 0", 1, std::chrono::milliseconds{2000}}};
       }},
  };
}

inline std::vector<Mutation> http_and_window_mutations() {
  return {
      {"throttle.http", Change::group, "", {}},
      {"throttle.http.url", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.http = {{"http://h/", std::chrono::milliseconds{1000}}};
       }},
      {"throttle.http.every", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.http = {{"http://h/", std::chrono::milliseconds{2000}}};
       }},
      {"throttle.window", Change::group, "", {}},
      {"throttle.window.days", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.window = TimeWindow{};
         spec.throttle.window->days = {1};
       }},
      {"throttle.window.from", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.window = TimeWindow{};
         spec.throttle.window->from = std::chrono::minutes{60};
       }},
      {"throttle.window.to", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.window = TimeWindow{};
         spec.throttle.window->to = std::chrono::minutes{60};
       }},
      {"throttle.window.zone", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.window = TimeWindow{};
         spec.throttle.window->zone = "Europe/Berlin";
       }},
      {"throttle.window.outside", Change::knob, "",
       [](JobSpec& spec) {
         spec.throttle.window = TimeWindow{};
         spec.throttle.window->outside = 20;
       }},
  };
}

/// Of what the people around the job say.
inline std::vector<Mutation> people_mutations() {
  return {
      {"assume", Change::knob, "",
       [](JobSpec& spec) {
         spec.assume = {{"public", "f", Assumption::Effect::harmless}};
       }},
      {"owner", Change::knob, "", [](JobSpec& spec) { spec.owner = "team-b"; }},
      {"runbook", Change::knob, "", [](JobSpec& spec) { spec.runbook = "https://wiki.example/2"; }},
      {"connection", Change::knob, "", [](JobSpec& spec) { spec.connection.emplace_back("connect_timeout", "7"); }},
  };
}

/// Of what becomes of its rows.
inline std::vector<Mutation> kind_mutations() {
  return {
      {"set", Change::job, "set.n", [](JobSpec& spec) { spec.set()[0].expression = "n + 2"; }},
      {"set", Change::job, "set.pad",
       [](JobSpec& spec) {
         spec.set().push_back({"pad", "NULL"});
       }},
      {"set", Change::job, "set.n",
       [](JobSpec& spec) {
         spec.set() = {{"pad", "n + 1"}};
       }},
      {"delete", Change::job, "delete",
       [](JobSpec& spec) {
         spec.kind = Delete{true, std::nullopt, {}};
       }},
      {"all", Change::name, "", {}},
      {"at_most", Change::name, "", {}},
      {"accept_cascade", Change::name, "", {}},
      {"referenced", Change::name, "", {}},
      {"drop_partitions", Change::name, "", {}},
  };
}

/// For a spec that sets n of public.items to n + 1, without where, key and alias.
inline std::vector<Mutation> spec_mutations() {
  std::vector<Mutation> all{
      {"version", Change::name, "", {}},
      {"job", Change::name, "", {}},
      {"table", Change::job, "table", [](JobSpec& spec) { spec.table = "audit"; }},
      {"table", Change::job, "table", [](JobSpec& spec) { spec.schema.clear(); }},
      {"alias", Change::job, "alias", [](JobSpec& spec) { spec.alias = "i"; }},
      {"only", Change::job, "only", [](JobSpec& spec) { spec.only = true; }},
      {"from", Change::job, "from", [](JobSpec& spec) { spec.from = "(SELECT 1) AS one"; }},
      {"where", Change::job, "where", [](JobSpec& spec) { spec.where = "n = 0"; }},
      {"key", Change::job, "key", [](JobSpec& spec) { spec.key = {"id"}; }},
      {"bound", Change::job, "bound", [](JobSpec& spec) { spec.bound = Bound::at_start; }},
      {"batch", Change::group, "", {}},
      {"batch.time", Change::knob, "", [](JobSpec& spec) { spec.batch.target_time = std::chrono::milliseconds{30}; }},
      {"batch.min_rows", Change::knob, "", [](JobSpec& spec) { spec.batch.min_rows = 60; }},
      {"batch.max_rows", Change::knob, "", [](JobSpec& spec) { spec.batch.max_rows = 400; }},
      {"stripes", Change::knob, "", [](JobSpec& spec) { spec.stripes = Stripes::off; }},
      {"order", Change::knob, "", [](JobSpec& spec) { spec.order = Order::key; }},
      {"workers", Change::knob, "", [](JobSpec& spec) { spec.workers = 3; }},
      {"bad_rows", Change::group, "", {}},
      {"bad_rows.action", Change::knob, "", [](JobSpec& spec) { spec.bad_rows.action = BadRows::Action::quarantine; }},
      {"bad_rows.at_most", Change::knob, "", [](JobSpec& spec) { spec.bad_rows.at_most = 7; }},
  };
  for (const auto& part :
       {kind_mutations(), people_mutations(), limit_mutations(), signal_mutations(), http_and_window_mutations()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace pgfill::test
