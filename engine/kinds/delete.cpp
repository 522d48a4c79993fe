#include "kinds/delete.h"

#include "sql/row_condition.h"

namespace pgfill::kinds {
namespace {

class DeleteKind : public Kind {
 public:
  std::string_view statement() const override { return "DELETE"; }
  RowEvent event() const override { return RowEvent::remove; }
  std::vector<std::string> counts() const override { return {"deleted", "kept"}; }
  std::vector<std::string> columns_written(const JobSpec&) const override { return {}; }
  /// A row that is done is gone. Those that a trigger has kept are known by who has written them.
  DoneRows done_rows(const JobSpec&, const std::vector<std::string>&) const override {
    return {false, true, true, false};
  }
  std::string position_condition(const JobSpec& spec) const override { return spec.where; }
  /// Without a condition, too: what is there is to be deleted.
  bool sweeps(const JobSpec&) const override { return true; }
  bool leaves_versions() const override { return false; }
  void complete(sql::Target& target, const JobSpec& spec, const TargetFacts& facts) const override {
    target.change = &delete_rows;
    // A deletion waits for foreign key checks, so a batch that is to wait for nobody must have locked against these.
    target.lock = sql::RowLock::update;
    target.may_keep = facts.may_keep;
    target.limited = spec.deletes()->at_most.has_value();
  }
};

}  // namespace

const Kind& delete_kind() {
  static const DeleteKind kind;
  return kind;
}

std::string delete_rows(const sql::Target& target) {
  return "DELETE FROM " + sql::from_item(target);
}

}  // namespace pgfill::kinds
