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

/// For a spec that sets n of public.items to n + 1, without where, key and alias.
inline std::vector<Mutation> spec_mutations() {
  return {
      {"version", Change::name, "", {}},
      {"job", Change::name, "", {}},
      {"owner", Change::knob, "", [](JobSpec& spec) { spec.owner = "team-b"; }},
      {"runbook", Change::knob, "", [](JobSpec& spec) { spec.runbook = "https://wiki.example/2"; }},
      {"connection", Change::knob, "", [](JobSpec& spec) { spec.connection.emplace_back("connect_timeout", "7"); }},
      {"table", Change::job, "table", [](JobSpec& spec) { spec.table = "audit"; }},
      {"table", Change::job, "table", [](JobSpec& spec) { spec.schema.clear(); }},
      {"alias", Change::job, "alias", [](JobSpec& spec) { spec.alias = "i"; }},
      {"set", Change::job, "set.n", [](JobSpec& spec) { spec.set[0].expression = "n + 2"; }},
      {"set", Change::job, "set.pad",
       [](JobSpec& spec) {
         spec.set.push_back({"pad", "NULL"});
       }},
      {"set", Change::job, "set.n",
       [](JobSpec& spec) {
         spec.set = {{"pad", "n + 1"}};
       }},
      {"where", Change::job, "where", [](JobSpec& spec) { spec.where = "n = 0"; }},
      {"key", Change::job, "key", [](JobSpec& spec) { spec.key = {"id"}; }},
      {"bound", Change::job, "bound", [](JobSpec& spec) { spec.bound = Bound::at_start; }},
      {"batch", Change::group, "", {}},
      {"batch.time", Change::knob, "", [](JobSpec& spec) { spec.batch.target_time = std::chrono::milliseconds{30}; }},
      {"batch.min_rows", Change::knob, "", [](JobSpec& spec) { spec.batch.min_rows = 60; }},
      {"batch.max_rows", Change::knob, "", [](JobSpec& spec) { spec.batch.max_rows = 400; }},
      {"workers", Change::knob, "", [](JobSpec& spec) { spec.workers = 3; }},
      {"bad_rows", Change::group, "", {}},
      {"bad_rows.action", Change::knob, "", [](JobSpec& spec) { spec.bad_rows.action = BadRows::Action::quarantine; }},
      {"bad_rows.at_most", Change::knob, "", [](JobSpec& spec) { spec.bad_rows.at_most = 7; }},
  };
}

}  // namespace pgfill::test
