#include "report/plan_text.h"

#include <fmt/format.h>
#include <algorithm>

#include <sstream>

#include "kinds/kind.h"
#include "report/json.h"
#include "report/quantity.h"
#include "report/style.h"

namespace pgfill::report {

namespace {

using Severity = Finding::Severity;

std::string line(std::string_view label, const std::string& text) {
  return fmt::format("  {:<10} {}\n", label, one_line(text));
}

std::string key_words(const KeyChoice& key) {
  if (key.columns.empty()) return "none";
  if (key.columns.front().name == "ctid") return "none: rows are named by their position (ctid)";
  std::string columns;
  for (const KeyColumn& column : key.columns)
    columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", column.name, column.type);
  if (key.index.empty()) return fmt::format("({}), unique in each partition", columns);
  return fmt::format("{} ({}){}", key.index, columns, key.primary ? ", primary key" : ", unique index");
}

std::string table_words(const TableFacts& table) {
  return fmt::format("about {} rows{}, heap {}, indexes {}, fillfactor {}",
                     short_count(static_cast<double>(table.estimated_rows)),
                     table.analyzed ? "" : " (a guess: never analyzed)",
                     size(table.heap_bytes) + (table.toast_bytes > 0 ? ", TOAST " + size(table.toast_bytes) : ""),
                     size(table.index_bytes), table.fillfactor);
}

std::string time_words(const Estimate& estimate) {
  const std::string from = duration(estimate.shortest);
  const std::string to = duration(estimate.longest);
  return (from == to ? "about " + from : from + " to " + to) + " when nothing slows it down";
}

std::string growth_words(const Plan& plan, const kinds::Kind& kind, const std::string& table) {
  const Estimate& estimate = plan.estimate;
  const std::string most = "at most " + size(estimate.heap_growth_bytes) + ", and " +
                           size(estimate.index_growth_bytes) + " of indexes, for vacuum";
  if (!kind.leaves_versions())
    return "none; the files do not shrink either: " +
           (plan.table.may_vacuum ? "the job runs VACUUM, which makes the room usable again"
                                  : "VACUUM " + table + " afterwards makes the room usable again");
  return most + (estimate.hot_possible ? "; in-page (HOT) updates are possible, no index has a column that is set"
                                       : "; no in-page (HOT) updates, an index has a column that is set");
}

/// How much WAL, and what all the figures rest on.
std::string wal_words(const Estimate& estimate) {
  return "about " + size(estimate.wal_bytes);
}

std::string finding_lines(const Finding& finding, bool colour) {
  std::string head;
  switch (finding.severity) {
    case Severity::refusal:
      head = painted("refused", Paint::red, colour) + "   ";
      break;
    case Severity::warning:
      head = painted("warning", Paint::yellow, colour) + "   ";
      break;
    case Severity::note:
      head = painted("note", Paint::dim, colour) + "      ";
      break;
  }
  const std::string code = finding.severity == Severity::refusal ? code_text(finding.code) + " " : "";
  std::string text = fmt::format("  {} {}{} [{}]\n", head, code, one_line(finding.text), finding.check);
  if (!finding.remedy.empty()) text += fmt::format("  {:<10} -> {}\n", "", one_line(finding.remedy));
  return text;
}

std::string indented(const std::string& text) {
  std::istringstream lines(text);
  std::string indented_text;
  for (std::string one; std::getline(lines, one);) indented_text += "    " + one_line(one) + "\n";
  return indented_text;
}

std::string workers_words(int workers, bool one_at_a_time) {
  if (one_at_a_time) return counted(1, "worker");
  return workers > 0 ? counted(workers, "worker") : counted(first_workers, "worker") + " at first";
}

constexpr std::size_t most_partition_lines = 5;

/// Each by itself where they are few, else how many.
std::string partition_lines(const Plan& plan) {
  const auto physical = std::count_if(plan.relations.begin(), plan.relations.end(),
                                      [](const PlannedRelation& one) { return one.order == Order::physical; });
  const auto count = static_cast<std::int64_t>(plan.relations.size());
  std::string text =
      line("partitions", fmt::format("{}, one in each batch{}", counted(count, "partition"),
                                     physical == 0 ? "" : fmt::format("; {} in physical order", physical)));
  if (plan.relations.size() > most_partition_lines) return text;
  for (const PlannedRelation& one : plan.relations)
    text += line("", fmt::format("{}.{}: about {} rows, {}{}", one.schema, one.name,
                                 short_count(static_cast<double>(one.estimated_rows)),
                                 one.order == Order::physical ? "in physical order" : "by key",
                                 one.stripes > 1 ? fmt::format(", {} stripes", one.stripes) : ""));
  return text;
}

std::string head(const JobSpec& spec, const Plan& plan, bool colour) {
  const std::string table = plan.table.schema.empty() ? spec.table : plan.table.schema + "." + plan.table.name;
  std::string text =
      painted(spec.job, Paint::bold, colour) + "   " + std::string(name_of(spec.kind)) + " " + one_line(table) + "\n";
  const kinds::Kind& kind = kinds::kind_of(spec);
  for (const auto& [label, words] : kind.lines(spec)) text += line(label, words);
  text += line("where", spec.where.empty() ? "(every row)" : spec.where);
  if (!plan.time.empty()) text += line("now()", plan.time + ", for all batches");
  if (plan.table.oid != 0) text += line("table", table_words(plan.table));
  text += line("key", key_words(plan.key));
  if (plan.ranges.empty()) return text;
  text += line("rows", fmt::format("about {} to walk, {} of them to {}",
                                   short_count(static_cast<double>(plan.estimate.rows_in_table)),
                                   short_count(static_cast<double>(plan.estimate.rows_to_change)), kind.verb()));
  text += line("ranges",
               fmt::format("{}, {}, batches of {} to {} rows aimed at {}",
                           counted(static_cast<std::int64_t>(plan.ranges.size()), "range"),
                           workers_words(spec.workers, !plan.one_at_a_time.empty()), exact_count(spec.batch.min_rows),
                           exact_count(spec.batch.max_rows), duration(spec.batch.target_time)));
  const std::string order = plan.order == Order::physical ? "in physical order" : "by key";
  text += line("order", order + (plan.order_reason.empty() ? "" : ": " + plan.order_reason));
  if (plan.by_leaf) text += partition_lines(plan);
  const std::string passes = plan.stripes > 1 ? std::to_string(plan.stripes) + " stripes" : "one pass";
  text += line("stripes", passes + (plan.stripes_reason.empty() ? "" : ": " + plan.stripes_reason));
  if (!plan.one_at_a_time.empty()) text += line("workers", "one, no batch beside another: " + plan.one_at_a_time);
  text += line("time", time_words(plan.estimate));
  text += line("growth", growth_words(plan, kind, one_line(table)));
  text += line("WAL", wal_words(plan.estimate));
  if (!plan.estimate.basis.empty()) text += line("estimated", "from " + plan.estimate.basis);
  return text;
}

}  // namespace

std::string plan_summary(const JobSpec& spec, const Plan& plan, bool colour) {
  std::string text = head(spec, plan, colour);
  for (const Finding& finding : plan.findings)
    if (finding.severity != Severity::note) text += finding_lines(finding, colour);
  return text;
}

std::string plan_text(const JobSpec& spec, const Plan& plan, bool colour) {
  std::string text = head(spec, plan, colour);
  if (!plan.findings.empty()) text += "\nfindings\n";
  for (const Severity severity : {Severity::refusal, Severity::warning, Severity::note}) {
    for (const Finding& finding : plan.findings)
      if (finding.severity == severity) text += finding_lines(finding, colour);
  }
  if (!plan.batch_sql.empty()) text += "\nevery batch sends\n" + indented(plan.batch_sql);
  if (!plan.explain.empty()) text += "\nwhich the server plans as\n" + indented(plan.explain);
  return text;
}

}  // namespace pgfill::report
