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

double middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
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
  std::int64_t smaller = 0;
  std::int64_t larger = 0;
  std::int64_t walked = 0;
  std::int64_t changed = 0;
  for (const TriedBatch& tried : batches) {
    smaller = smaller == 0 ? tried.walked : std::min(smaller, tried.walked);
    larger = std::max(larger, tried.walked);
    walked += tried.walked;
    changed += tried.changed;
  }
  if (smaller == larger || walked == 0) return std::nullopt;
  std::vector<double> small;
  std::vector<double> large;
  for (const TriedBatch& tried : batches) {
    if (tried.walked == smaller) small.push_back(tried.microseconds);
    if (tried.walked == larger) large.push_back(tried.microseconds);
  }
  const double least = *std::min_element(small.begin(), small.end());
  const double most = std::max(least, middle(std::move(large)));
  BatchCost cost;
  cost.row_us = (most - least) / static_cast<double>(larger - smaller);
  cost.fixed_us = std::max(0.0, least - cost.row_us * static_cast<double>(smaller));
  cost.changed_share = static_cast<double>(changed) / static_cast<double>(walked);
  return cost;
}

}  // namespace pgfill::plan
