#include "kinds/update.h"

#include "spec/condition.h"
#include "sql/identifier.h"
#include "sql/row_condition.h"

namespace pgfill::kinds {
namespace {

class UpdateKind : public Kind {
 public:
  std::string_view statement() const override { return "UPDATE"; }
  RowEvent event() const override { return RowEvent::update; }
  std::string_view verb() const override { return "change"; }
  std::vector<RowCount> counts(const Counted& counted) const override { return {{"changed", counted.changed}}; }
  std::vector<std::string> columns_written(const JobSpec& spec) const override {
    std::vector<std::string> columns;
    for (const Assignment& assignment : spec.set()) columns.push_back(assignment.column);
    return columns;
  }
  DoneRows done_rows(const JobSpec& spec, const std::vector<std::string>& generated) const override {
    return {true, spec::condition_may_tell(spec, generated), spec::fills_nulls(spec),
            spec::asks_done_rows(spec, generated)};
  }
  std::string position_condition(const JobSpec& spec) const override { return spec::position_condition(spec); }
  bool sweeps(const JobSpec& spec) const override { return !spec.where.empty(); }
  bool leaves_versions() const override { return true; }
  void complete(sql::Target& target, const JobSpec& spec, const TargetFacts& facts) const override {
    target.change = &update_rows;
    for (const Assignment& assignment : spec.set()) target.set.emplace_back(assignment.column, assignment.expression);
    target.lock = facts.sets_unique_key ? sql::RowLock::update : sql::RowLock::no_key_update;
    target.asks_again = done_rows(spec, facts.generated).asked;
  }
  std::vector<Line> lines(const JobSpec& spec) const override {
    std::string words;
    for (const Assignment& one : spec.set()) words += (words.empty() ? "" : ", ") + one.column + " = " + one.expression;
    return {{"set", words}};
  }
};

}  // namespace

const Kind& update_kind() {
  static const UpdateKind kind;
  return kind;
}

std::string update_rows(const sql::Target& target) {
  std::string text = "UPDATE " + sql::from_item(target) + "\nSET ";
  for (std::size_t i = 0; i < target.set.size(); ++i) {
    if (i > 0) text += ", ";
    text += sql::quote_identifier(target.set[i].first) + " = (" + target.set[i].second + "\n)";
  }
  return target.joined.empty() ? text : text + "\nFROM " + target.joined;
}

}  // namespace pgfill::kinds
