// Reads the server's plan of a statement as EXPLAIN (VERBOSE, FORMAT JSON) gives it.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "plan/explain.h"

namespace pgfill::plan {
namespace {

using Json = nlohmann::json;

std::string value_of(const Json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& children_of(const Json& node) {
  static const Json none = Json::array();
  const auto found = node.find("Plans");
  return found == node.end() ? none : *found;
}

/// A bitmap scan names its indexes in the nodes below it.
void collect_indexes(const Json& node, std::string& indexes) {
  const std::string index = value_of(node, "Index Name");
  if (!index.empty()) indexes += (indexes.empty() ? "" : " and ") + index;
  if (!value_of(node, "Node Type").starts_with("Bitmap")) return;
  for (const Json& child : children_of(node)) collect_indexes(child, indexes);
}

/// Whether an index finds the rows, in the node or in one of those below a bitmap scan.
bool has_condition(const Json& node) {
  if (node.contains("Index Cond") || node.contains("TID Cond")) return true;
  if (!value_of(node, "Node Type").starts_with("Bitmap")) return false;
  const Json& children = children_of(node);
  return std::any_of(children.begin(), children.end(), [](const Json& child) { return has_condition(child); });
}

/// What a node says of itself, the strings of its lists each in a line; what its children say, too.
void collect_expressions(const Json& node, std::string& text) {
  for (const auto& [name, value] : node.items()) {
    if (name == "Node Type" || name == "Relation Name" || name == "Schema") continue;
    if (value.is_string()) text += value.get<std::string>() + "\n";
    if (!value.is_array()) continue;
    for (const Json& element : value) {
      if (element.is_string()) text += element.get<std::string>() + "\n";
      if (element.is_object()) collect_expressions(element, text);
    }
  }
}

bool is_part_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_system_column(std::string_view name) {
  return name == "ctid" || name == "xmin" || name == "xmax" || name == "cmin" || name == "cmax" || name == "tableoid";
}

/// Columns written as `alias.column` in the text, without repetition. Names in quotes are left out.
std::vector<std::string> columns_named(const std::string& text, const std::string& alias) {
  std::vector<std::string> columns;
  const std::string prefix = alias + ".";
  for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
    const bool begins = at == 0 || !(is_part_of_name(text[at - 1]) || text[at - 1] == '.' || text[at - 1] == '"');
    const std::size_t first = at + prefix.size();
    std::size_t end = first;
    while (end < text.size() && is_part_of_name(text[end])) ++end;
    std::string column = text.substr(first, end - first);
    if (is_system_column(column)) continue;
    if (begins && !column.empty() && std::find(columns.begin(), columns.end(), column) == columns.end())
      columns.push_back(std::move(column));
  }
  return columns;
}

std::vector<std::string> columns_of(const Json& node, const std::string& alias) {
  std::vector<std::string> columns = columns_named(value_of(node, "Filter"), alias);
  if (!columns.empty() || !node.contains("Output")) return columns;
  for (const Json& output : node["Output"]) {
    if (!output.is_string()) continue;
    for (std::string& column : columns_named(output.get<std::string>(), alias)) columns.push_back(std::move(column));
  }
  return columns;
}

/// Under what a node is.
struct Place {
  bool limited = false;   ///< only the first rows are asked for
  bool each_row = false;  ///< run for each row of what is above
  bool hashed = false;    ///< the result goes into a hash table
};

/// What stays between a LIMIT and a scan, and asks for all of its rows.
bool takes_all(const std::string& method) {
  return method == "Sort" || method == "Aggregate" || method == "Hash" || method == "WindowAgg" || method == "SetOp";
}

class Reader {
 public:
  explicit Reader(const std::string& expressions) : expressions_(expressions) {}

  void read(const Json& node, Place place) {
    const std::string method = value_of(node, "Node Type");
    enter(node, method, place);
    if (method != "ModifyTable" && node.contains("Relation Name")) add(node, method, place);
    bool inner = false;
    for (const Json& child : children_of(node)) {
      Place below = place;
      // The inner side of a nested loop is run for each row of the outer one, unless it is kept.
      if (method == "Nested Loop" && inner) below.each_row = true;
      inner = true;
      read(child, below);
    }
  }

  std::vector<Scan> scans;

 private:
  void enter(const Json& node, const std::string& method, Place& place) const {
    const std::string name = value_of(node, "Subplan Name");
    if (value_of(node, "Parent Relationship") == "SubPlan") {
      place.limited = false;
      place.hashed = !name.empty() && expressions_.find("hashed " + name) != std::string::npos;
      place.each_row = !place.hashed;
    } else if (value_of(node, "Parent Relationship") == "InitPlan") {
      place = Place();
    }
    if (method == "Limit") place.limited = true;
    if (takes_all(method)) place.limited = false;
    if (method == "Materialize" || method == "Memoize" || method == "Hash") place.each_row = false;
  }

  void add(const Json& node, const std::string& method, const Place& place) {
    Scan scan{method, value_of(node, "Schema"),    value_of(node, "Relation Name"), value_of(node, "Alias"),
              "",     node.value("Plan Rows", 0.0)};
    collect_indexes(node, scan.index);
    scan.whole = !place.limited && !has_condition(node) && method != "Tid Scan" && method != "Sample Scan";
    scan.each_row = place.each_row;
    scan.hashed = place.hashed;
    scan.columns = columns_of(node, scan.alias);
    scans.push_back(std::move(scan));
  }

  const std::string& expressions_;
};

}  // namespace

ParsedPlan parse_plan(std::string_view json) {
  ParsedPlan parsed;
  const Json document = Json::parse(json);
  const Json& top = document.at(0).at("Plan");
  collect_expressions(top, parsed.expressions);
  Reader reader(parsed.expressions);
  reader.read(top, Place());
  parsed.scans = std::move(reader.scans);
  parsed.rows = top.value("Plan Rows", 0.0);
  return parsed;
}

}  // namespace pgfill::plan
