#include "kinds/delete.h"

#include "spec/joined.h"
#include "sql/row_condition.h"

namespace pgfill::kinds {
namespace {

class DeleteKind : public Kind {
 public:
  std::string_view statement() const override { return "DELETE"; }
  RowEvent event() const override { return RowEvent::remove; }
  std::string_view verb() const override { return "delete"; }
  std::vector<RowCount> counts(const Counted& counted) const override {
    return {{"deleted", counted.changed}, {"kept", counted.kept}};
  }
  std::vector<std::string> columns_written(const JobSpec&) const override { return {}; }
  /// A row that is done is gone. Those that a trigger has kept are known by who has written them.
  DoneRows done_rows(const JobSpec&, const std::vector<std::string>&) const override {
    return {false, true, true, false};
  }
  std::string position_condition(const JobSpec& spec) const override { return spec::row_condition(spec); }
  /// Without a condition, too: what is there is to be deleted.
  bool sweeps(const JobSpec&) const override { return true; }
  bool leaves_versions() const override { return false; }
  void complete(sql::Target& target, const JobSpec& spec, const TargetFacts& facts) const override {
    target.change = &delete_rows;
    // A deletion waits for foreign key checks, so a batch that is to wait for nobody must have locked against these.
    target.lock = sql::RowLock::update;
    target.may_keep = facts.may_keep;
    target.limited = at_most(spec).has_value();
    if (skips_referenced(spec)) sql::leave_out_referenced(target, facts.references);
  }
  std::vector<Line> lines(const JobSpec& spec) const override { return {{"guards", guards(of(spec))}}; }
  bool fixes_time() const override { return true; }
  bool lacks_condition(const JobSpec& spec) const override { return spec.where.empty() && !of(spec).all; }
  std::optional<std::int64_t> at_most(const JobSpec& spec) const override { return of(spec).at_most; }
  const std::vector<TableReference>& accepted_tables(const JobSpec& spec) const override {
    return of(spec).accept_cascade;
  }
  bool skips_referenced(const JobSpec& spec) const override { return of(spec).referenced == Referenced::skip; }
  bool drops_partitions(const JobSpec& spec) const override { return of(spec).drop_partitions; }

 private:
  static const Delete& of(const JobSpec& spec) { return std::get<Delete>(spec.kind); }
  static std::string guards(const Delete& deletes);
};

/// "5,000 rows"
std::string rows_of(std::int64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits + (count == 1 ? " row" : " rows");
}

std::string DeleteKind::guards(const Delete& deletes) {
  std::string words = deletes.at_most ? "at most " + rows_of(*deletes.at_most) + ", counted before the first batch"
                                      : "any number of rows";
  if (deletes.all) words += "; every row is meant";
  std::string tables;
  for (const TableReference& one : deletes.accept_cascade)
    tables += (tables.empty() ? "" : ", ") + (one.schema.empty() ? "" : one.schema + ".") + one.table;
  if (!tables.empty()) words += "; foreign keys may change " + tables;
  if (deletes.referenced == Referenced::skip) words += "; rows that others refer to stay";
  if (deletes.drop_partitions) words += "; partitions that go whole are dropped";
  return words;
}

}  // namespace

const Kind& delete_kind() {
  static const DeleteKind kind;
  return kind;
}

std::string delete_rows(const sql::Target& target) {
  return "DELETE FROM " + sql::from_item(target) + (target.joined.empty() ? "" : "\nUSING " + target.joined);
}

}  // namespace pgfill::kinds
