// What a plan says, as JSON.
#include "report/json.h"
#include "report/json_values.h"

namespace pgfill::report {

using nlohmann::ordered_json;

namespace {

std::string severity_name(Finding::Severity severity) {
  switch (severity) {
    case Finding::Severity::note:
      return "note";
    case Finding::Severity::warning:
      return "warning";
    case Finding::Severity::refusal:
      return "refusal";
  }
  return "unknown";
}

ordered_json facts_json(const TableFacts& table) {
  return {{"oid", table.oid},
          {"schema", table.schema},
          {"name", table.name},
          {"kind", std::string(1, table.kind)},
          {"persistence", std::string(1, table.persistence)},
          {"estimated_rows", table.estimated_rows},
          {"heap_bytes", table.heap_bytes},
          {"index_bytes", table.index_bytes},
          {"toast_bytes", table.toast_bytes},
          {"fillfactor_percent", table.fillfactor},
          {"analyzed", table.analyzed},
          {"may_vacuum", table.may_vacuum},
          {"server_version", table.server_version}};
}

ordered_json key_json(const KeyChoice& key) {
  ordered_json columns = ordered_json::array();
  for (const KeyColumn& column : key.columns) columns.push_back({{"name", column.name}, {"type", column.type}});
  return {{"index", key.index}, {"primary", key.primary}, {"columns", columns}};
}

ordered_json estimate_json(const Estimate& estimate) {
  return {{"rows_in_table", estimate.rows_in_table},
          {"rows_to_change", estimate.rows_to_change},
          {"shortest_seconds", estimate.shortest.count()},
          {"longest_seconds", estimate.longest.count()},
          {"heap_growth_bytes", estimate.heap_growth_bytes},
          {"index_growth_bytes", estimate.index_growth_bytes},
          {"wal_bytes", estimate.wal_bytes},
          {"hot_possible", estimate.hot_possible},
          {"basis", estimate.basis}};
}

ordered_json ranges_json(const std::vector<PlannedRange>& ranges) {
  ordered_json list = ordered_json::array();
  for (const PlannedRange& range : ranges) {
    list.push_back({{"relation", range.relation},
                    {"lower", or_null(range.keys.lower)},
                    {"upper", or_null(range.keys.upper)},
                    {"share", range.share}});
  }
  return list;
}

ordered_json relations_json(const std::vector<PlannedRelation>& relations) {
  ordered_json list = ordered_json::array();
  for (const PlannedRelation& one : relations)
    list.push_back({{"table", one.schema + "." + one.name},
                    {"estimated_rows", one.estimated_rows},
                    {"order", word_of(one.order)},
                    {"stripes", one.stripes}});
  return list;
}

/// Rows by what became of them.
}  // namespace

ordered_json to_json(const Finding& finding) {
  const bool refusal = finding.severity == Finding::Severity::refusal;
  return {{"severity", severity_name(finding.severity)},
          {"check", finding.check},
          {"code", refusal ? ordered_json(code_text(finding.code)) : ordered_json(nullptr)},
          {"text", finding.text},
          {"remedy", or_null(finding.remedy)}};
}

ordered_json to_json(const Plan& plan) {
  ordered_json findings = ordered_json::array();
  bool refused = false;
  for (const Finding& finding : plan.findings) {
    refused = refused || finding.severity == Finding::Severity::refusal;
    findings.push_back(to_json(finding));
  }
  return {{"refused", refused},
          {"table", facts_json(plan.table)},
          {"key", key_json(plan.key)},
          {"findings", findings},
          {"time", or_null(plan.time)},
          {"batch_sql", or_null(plan.batch_sql)},
          {"explain", or_null(plan.explain)},
          {"estimate", estimate_json(plan.estimate)},
          {"order", word_of(plan.order)},
          {"order_reason", plan.order_reason},
          {"stripes", plan.stripes},
          {"stripes_reason", plan.stripes_reason},
          {"one_at_a_time", or_null(plan.one_at_a_time)},
          {"by_leaf", plan.by_leaf},
          {"relations", relations_json(plan.relations)},
          {"dropped_partitions", plan.dropped_partitions},
          {"ranges", ranges_json(plan.ranges)}};
}

}  // namespace pgfill::report
