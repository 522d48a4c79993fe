#include "plan/sample_costs.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace pgfill::plan {
namespace {

using Json = nlohmann::json;

double rows_of(const Json& node) {
  return node.value("Actual Rows", 0.0) * std::max(1.0, node.value("Actual Loops", 1.0));
}

/// The node that changes rows; null when there is none.
const Json* change_in(const Json& node) {
  if (node.value("Node Type", "") == "ModifyTable") return &node;
  if (!node.contains("Plans")) return nullptr;
  for (const Json& child : node["Plans"]) {
    if (const Json* found = change_in(child)) return found;
  }
  return nullptr;
}

double rows_changed(const Json& change) {
  double rows = 0;
  if (!change.contains("Plans")) return rows;
  for (const Json& child : change["Plans"]) {
    const std::string relation = child.value("Parent Relationship", "");
    if (relation == "Outer" || relation == "Member") rows += rows_of(child);
  }
  return rows;
}

/// A processor that does something else meanwhile makes a batch longer, never shorter: the best one tells what rows
/// cost.
double time_of_changed(const TriedBatch& tried) {
  constexpr double far_more = 1e12;  // nothing was changed: it says little
  return tried.changed > 0 ? tried.microseconds / static_cast<double>(tried.changed) : far_more + tried.microseconds;
}

}  // namespace

TriedBatch read_tried(std::string_view json) {
  constexpr double us_per_ms = 1000;
  const Json document = Json::parse(json);
  const Json& answer = document.at(0);
  const Json& top = answer.at("Plan");
  const Json* change = change_in(top);
  TriedBatch tried;
  tried.microseconds = us_per_ms * (answer.value("Planning Time", 0.0) + answer.value("Execution Time", 0.0));
  tried.changed = static_cast<std::int64_t>(change != nullptr ? rows_changed(*change) : rows_of(top));
  const Json& writes = change != nullptr ? *change : top;
  tried.wal_bytes = writes.value("WAL Bytes", std::int64_t{0});
  tried.images = writes.value("WAL FPI", std::int64_t{0});
  return tried;
}

double least_share(const std::vector<TriedBatch>& batches) {
  double least = 1;
  std::int64_t larger = 0;
  for (const TriedBatch& tried : batches) larger = std::max(larger, tried.walked);
  for (const TriedBatch& tried : batches) {
    if (tried.walked < larger) continue;
    least = std::min(least, static_cast<double>(tried.changed) / static_cast<double>(tried.walked));
  }
  return batches.empty() ? 0 : std::max(0.0, least);
}

std::optional<BatchCost> cost_of(const std::vector<TriedBatch>& batches) {
  if (batches.empty()) return std::nullopt;
  const auto by_size = [](const TriedBatch& a, const TriedBatch& b) { return a.walked < b.walked; };
  const auto [smallest, largest] = std::minmax_element(batches.begin(), batches.end(), by_size);
  if (smallest->walked == largest->walked) return std::nullopt;
  TriedBatch small = *smallest;
  TriedBatch large = *largest;
  for (const TriedBatch& tried : batches) {
    if (tried.walked == small.walked && tried.microseconds < small.microseconds) small = tried;
    if (tried.walked == large.walked && time_of_changed(tried) < time_of_changed(large)) large = tried;
  }
  const double more = std::max(0.0, large.microseconds - small.microseconds);
  BatchCost cost;
  cost.row_us = more / static_cast<double>(large.walked - small.walked);
  cost.fixed_us = std::max(0.0, small.microseconds - cost.row_us * static_cast<double>(small.walked));
  cost.changed_share = static_cast<double>(large.changed) / static_cast<double>(large.walked);
  return cost;
}

}  // namespace pgfill::plan
