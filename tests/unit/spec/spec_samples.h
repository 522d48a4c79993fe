// What the spec tests share: a spec around one changed part, and comparing specs. No test data of its own.
#pragma once

#include <string>
#include <string_view>

#include "pgfill/spec.h"

namespace pgfill::test {

/// A legal spec with `lines` added behind its first four lines; `lines` must hold the field `set`.
inline std::string spec_with(std::string_view lines) {
  return "version: 1\njob: j\ntable: t\n" + std::string(lines) + "\n";
}

inline Result<JobSpec> parse_with(std::string_view lines) {
  return parse_spec(spec_with(lines), "x.yaml");
}

/// "PF1003 5:1 message" for a failure, the canonical form for a success: readable when a comparison fails.
inline std::string told(const Result<JobSpec>& result) {
  if (result) return "accepted " + canonical_form(*result);
  const Error& error = result.error();
  return "PF" + std::to_string(static_cast<int>(error.code)) + " " + std::to_string(error.place.line) + ":" +
         std::to_string(error.place.column) + " " + error.message;
}

/// Every field as text, so that equal texts mean equal specs.
inline std::string every_field(const JobSpec& spec) {
  std::string text = spec.job + '\x1f' + spec.schema + '\x1f' + spec.table + '\x1f' + spec.alias + '\x1f' + spec.where;
  if (!spec.from.empty())
    text +=
        "\x1f"
        "from " +
        spec.from;
  if (spec.only) text += "\x1fonly";
  for (const auto& [column, expression] : spec.set()) text += "\x1fset " + column + '=' + expression;
  if (const Delete* deletes = spec.deletes()) {
    text +=
        std::string("\x1f") + "delete" + (deletes->all ? " all" : "") + std::to_string(deletes->at_most.value_or(-1));
    text += deletes->referenced == Referenced::skip ? " skip" : "";
    text += deletes->drop_partitions ? " drop" : "";
    for (const TableReference& one : deletes->accept_cascade) text += ' ' + one.schema + '.' + one.table;
  }
  for (const std::string& column : spec.key) text += "\x1fkey " + column;
  for (const auto& [keyword, value] : spec.connection) text += "\x1f" + keyword + '=' + value;
  text += spec.bound == Bound::open ? "\x1fopen"
                                    : "\x1f"
                                      "at_start";
  for (const long long number :
       {static_cast<long long>(spec.batch.target_time.count()), static_cast<long long>(spec.batch.min_rows),
        static_cast<long long>(spec.batch.max_rows), static_cast<long long>(spec.stripes),
        static_cast<long long>(spec.order), static_cast<long long>(spec.workers),
        static_cast<long long>(spec.bad_rows.action), static_cast<long long>(spec.bad_rows.at_most)}) {
    text += '\x1f' + std::to_string(number);
  }
  JobSpec limits;
  limits.throttle = spec.throttle;
  text += '\x1f' + to_yaml(limits);
  for (const Assumption& one : spec.assume)
    text += "\x1f" + one.schema + "." + one.function + (one.effect == Assumption::Effect::harmless ? "-" : "+");
  text += '\x1f' + spec.owner + '\x1f' + spec.runbook;
  return text;
}

}  // namespace pgfill::test
