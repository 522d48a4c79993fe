// What planning says of a deletion: foreign keys that refer to the table, privileges, order and stripes.
#include <gtest/gtest.h>

#include "plan/ordering.h"
#include "plan/striping.h"
#include "unit/plan/example_facts.h"

namespace pgfill::plan {
namespace {

Subject deletion() {
  Subject subject = example_subject();
  subject.spec.kind = Delete{};
  subject.facts.access.may_delete = true;
  return subject;
}

ReferrerFact referrer(const std::string& on_delete, std::int64_t rows, bool indexed) {
  return {"orders_user_fkey", "public", "orders", on_delete, rows, indexed, {"user_id"}, 1, false};
}

TEST(Referrers, OfManyRowsNeedAnIndex) {
  Subject subject = deletion();
  subject.facts.referrers = {referrer("a", 1001, false)};
  const Findings findings = found_by(&check_referrers, subject);
  EXPECT_EQ(findings.front().code, ErrorCode::foreign_key);
  EXPECT_NE(findings.front().remedy.find("CREATE INDEX CONCURRENTLY ON public.orders (user_id)"), std::string::npos);
  for (const ReferrerFact& harmless : {referrer("a", 1000, false), referrer("a", 1'000'000, true)}) {
    subject.facts.referrers = {harmless};
    EXPECT_EQ(found_by(&check_referrers, subject).front().severity, Finding::Severity::note);
  }
}

TEST(Referrers, ThatChangeOtherTablesAreAcceptedByName) {
  Subject subject = deletion();
  for (const char* action : {"c", "n", "d"}) {
    subject.facts.referrers = {referrer(action, 20, true)};
    subject.spec.kind = Delete{};
    Finding finding = found_by(&check_referrers, subject).front();
    EXPECT_EQ(finding.severity, Finding::Severity::refusal) << action;
    EXPECT_NE(finding.text.find("about 20 rows"), std::string::npos) << finding.text;
    EXPECT_NE(finding.remedy.find("accept_cascade: [public.orders]"), std::string::npos);
    subject.spec.kind = Delete{false, std::nullopt, {{"", "orders"}}};
    EXPECT_EQ(found_by(&check_referrers, subject).front().severity, Finding::Severity::warning) << action;
    subject.spec.kind = Delete{false, std::nullopt, {{"other", "orders"}}};
    EXPECT_EQ(found_by(&check_referrers, subject).front().severity, Finding::Severity::refusal) << action;
  }
}

TEST(Deletion, NeedsItsPrivileges) {
  Subject subject = deletion();
  EXPECT_TRUE(found_by(&check_privileges, subject).empty());
  subject.facts.access.may_delete = false;
  EXPECT_NE(found_by(&check_privileges, subject).front().text.find("lacks DELETE"), std::string::npos);
  subject.facts.access.may_delete = true;
  for (ColumnFact& column : subject.facts.columns) column.may_update = false;
  EXPECT_NE(found_by(&check_privileges, subject).front().text.find("lacks UPDATE"), std::string::npos);
}

TEST(Deletion, WithoutAConditionIsRefusedUnlessEveryRowIsMeant) {
  Subject subject = deletion();
  subject.spec.where.clear();
  EXPECT_EQ(found_by(&check_unrestricted, subject).front().code, ErrorCode::every_row);
  subject.spec.kind = Delete{true, std::nullopt, {}};
  EXPECT_TRUE(found_by(&check_unrestricted, subject).empty());
}

TEST(Deletion, GoesInPhysicalOrderWhereKeysAreScatteredAndNeverInStripes) {
  ExampleCase one;
  one.spec.kind = Delete{};
  one.facts.pages = 100'000;
  one.column("id").correlation = 0.01;
  EXPECT_EQ(decide_order(one.spec, one.facts, one.key).order, Order::physical);
  EXPECT_EQ(decide_striping(one.spec, one.facts, one.key, {Order::physical, 1.0}).stripes, 1);
  one.spec.stripes = Stripes::on;
  EXPECT_EQ(decide_striping(one.spec, one.facts, one.key, {Order::key, 1.0}).stripes, 1);
  // Rows that a trigger keeps meet the condition for ever.
  one.facts.triggers = {{"keep", true, "BEFORE", "keep()", {}, {}}};
  EXPECT_EQ(decide_order(one.spec, one.facts, one.key).order, Order::key);
  one.spec.order = Order::physical;
  EXPECT_EQ(decide_order(one.spec, one.facts, one.key).order, Order::key);
}

TEST(Deletion, FiresTheTriggersAndForeignKeysOfDeletions) {
  CalledCode code;
  code.target = 1;
  RelationFact table;
  table.is_target = true;
  table.carried = {{1, false, true, true, {"id"}}};
  code.relations[1] = table;
  JobChange change;
  change.table = "nodes";
  EXPECT_TRUE(judge_effects(code, change, {}).in_turn.empty());
  change.deletes = true;
  EXPECT_EQ(judge_effects(code, change, {}).in_turn.front(), "a foreign key's ON DELETE writes nodes");
}

}  // namespace
}  // namespace pgfill::plan
