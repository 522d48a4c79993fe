// A spec as JSON.
#include <nlohmann/json.hpp>

#include "report/json.h"

namespace pgfill::report {

using nlohmann::ordered_json;

namespace {

template <class T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json or_null(const std::string& value) {
  return value.empty() ? ordered_json(nullptr) : ordered_json(value);
}

ordered_json deletes_json(const JobSpec& spec) {
  const Delete* deletes = spec.deletes();
  if (deletes == nullptr) return nullptr;
  ordered_json accepted = ordered_json::array();
  for (const TableReference& one : deletes->accept_cascade)
    accepted.push_back((one.schema.empty() ? "" : one.schema + ".") + one.table);
  return {{"all", deletes->all}, {"at_most", or_null(deletes->at_most)}, {"accept_cascade", accepted}};
}

}  // namespace

ordered_json to_json(const JobSpec& spec) {
  ordered_json set = ordered_json::object();
  for (const Assignment& assignment : spec.set()) set[assignment.column] = assignment.expression;
  return {{"job", spec.job},
          {"schema", or_null(spec.schema)},
          {"table", spec.table},
          {"alias", or_null(spec.alias)},
          {"kind", name_of(spec.kind)},
          {"set", set},
          {"delete", deletes_json(spec)},
          {"where", or_null(spec.where)},
          {"key", spec.key},
          {"bound", spec.bound == Bound::open ? "open" : "at_start"},
          {"batch_target_time_ms", spec.batch.target_time.count()},
          {"batch_min_rows", spec.batch.min_rows},
          {"batch_max_rows", spec.batch.max_rows},
          {"stripes", word_of(spec.stripes)},
          {"order", word_of(spec.order)},
          {"workers", spec.workers == 0 ? ordered_json("auto") : ordered_json(spec.workers)},
          {"bad_rows", spec.bad_rows.action == BadRows::Action::stop ? "stop" : "quarantine"},
          {"bad_rows_at_most", spec.bad_rows.at_most},
          {"owner", or_null(spec.owner)},
          {"runbook", or_null(spec.runbook)}};
}

}  // namespace pgfill::report
