#include "spec/columns_used.h"

#include "parse/sql_tree.h"
#include "spec/expression.h"
#include "spec/joined.h"

namespace pgfill::spec {
namespace {

using nlohmann::json;

/// What the expressions of one job use.
class Use {
 public:
  explicit Use(const JobSpec& spec) : table_(spec.alias.empty() ? spec.table : spec.alias) {}

  void read(const std::string& text, bool condition) {
    const auto parsed = parse_expression(text, condition);
    const auto* expression = std::get_if<Expression>(&parsed);
    if (expression == nullptr) {
      whole_row_ = true;
    } else {
      read(expression->tree);
    }
  }
  void add(const std::string& column) { columns_.insert(column); }
  std::optional<std::set<std::string>> columns() && {
    return whole_row_ ? std::nullopt : std::optional(std::move(columns_));
  }

 private:
  void read(const json& tree) {
    if (!tree.is_structured()) return;
    for (const auto& item : tree.items()) {
      if (tree.is_object() && item.key() == "ColumnRef") read_reference(parse::field_of(item.value(), "fields"));
      read(item.value());
    }
  }

  /// `a`, `t.a`, `s.t.a`, `t`, `t.*`; a bare star is of the tables of a sub-select.
  void read_reference(const json& fields) {
    const std::string last = parse::last_name(fields);
    if (fields.size() > 1 && last.empty()) {
      const bool ours = parse::text_of(parse::field_of(fields[fields.size() - 2], "String"), "sval") == table_;
      whole_row_ = whole_row_ || ours;
      return;
    }
    whole_row_ = whole_row_ || last == table_;
    if (!last.empty()) columns_.insert(last);
  }

  std::string table_;
  std::set<std::string> columns_;
  bool whole_row_ = false;
};

}  // namespace

std::optional<std::set<std::string>> columns_used(const JobSpec& spec) {
  Use use(spec);
  const std::string condition = row_condition(spec);
  if (!condition.empty()) use.read(condition, true);
  for (const Assignment& assignment : spec.set()) {
    use.add(assignment.column);
    use.read(assignment.expression, false);
  }
  return std::move(use).columns();
}

}  // namespace pgfill::spec
