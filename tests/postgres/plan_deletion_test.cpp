// What the catalogue of a real server says against a deletion: foreign keys, from table to table; triggers and rules of
// deletions; privileges.
#include <algorithm>

#include "postgres/plan_fixture.h"
#include "support/sessions.h"

namespace pgfill::tests {
namespace {

class PlanDeletion : public PlanOnServer {
 protected:
  static JobSpec deletion(std::vector<TableReference> accepted = {}) {
    JobSpec spec = users_spec();
    spec.kind = Delete{false, std::nullopt, std::move(accepted)};
    spec.where = "status = 'status 7'";
    return spec;
  }
  static std::string word_for(const Finding& finding) {
    return finding.severity == Finding::Severity::refusal ? "refused " : "accepted ";
  }
  void create_orders(const std::string& action, int rows) {
    db_.execute("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users " + action +
                "); INSERT INTO orders SELECT i, i % 100 + 1 FROM generate_series(1, " + std::to_string(rows) +
                ") i; ANALYZE orders");
  }
};

TEST_F(PlanDeletion, ShowsItsStatement) {
  create_users();
  const Plan plan = planned(deletion());
  EXPECT_EQ(first_refusal(plan), nullptr);
  EXPECT_TRUE(plan.batch_sql.starts_with("DELETE FROM ONLY \"public\".\"users\"\nWHERE ")) << plan.batch_sql;
  EXPECT_EQ(plan.stripes, 1);
}

TEST_F(PlanDeletion, AKeyWithoutIndexIsRefusedWhereItsTableIsLarge) {
  create_users();
  create_orders("", 5000);
  expect_refusal(planned(deletion()), "referrers", ErrorCode::foreign_key,
                 "CREATE INDEX CONCURRENTLY ON public.orders");
  db_.execute("CREATE INDEX later ON orders (id, user_id)");
  expect_refusal(planned(deletion()), "referrers", ErrorCode::foreign_key, "no index there begins with (user_id)");
  db_.execute("CREATE INDEX few ON orders (user_id) WHERE user_id > 50");
  expect_refusal(planned(deletion()), "referrers", ErrorCode::foreign_key, "orders_user_id_fkey");
  db_.execute("CREATE INDEX partial ON orders (user_id) WHERE user_id IS NOT NULL");
  EXPECT_EQ(first_refusal(planned(deletion())), nullptr);
  db_.execute("DROP INDEX partial; CREATE INDEX wide ON orders (user_id, id)");
  EXPECT_EQ(first_refusal(planned(deletion())), nullptr);
}

TEST_F(PlanDeletion, AKeyOfSeveralColumnsIsFoundInAnyOrder) {
  db_.execute("CREATE TABLE users (a int, b int, status text, PRIMARY KEY (a, b))");
  db_.execute(
      "CREATE TABLE orders (x int, y int, z int, FOREIGN KEY (x, y) REFERENCES users (a, b));"
      "INSERT INTO orders SELECT i FROM generate_series(1, 5000) i; ANALYZE orders");
  expect_refusal(planned(deletion()), "referrers", ErrorCode::foreign_key, "(x, y)");
  db_.execute("CREATE INDEX ON orders (y, x, z)");
  EXPECT_EQ(first_refusal(planned(deletion())), nullptr);
}

TEST_F(PlanDeletion, OfASmallTableAKeyNeedsNoIndex) {
  create_users();
  create_orders("", 500);
  EXPECT_EQ(first_refusal(planned(deletion())), nullptr);
}

TEST_F(PlanDeletion, WhatItCarriesOnIsFollowedFromTableToTable) {
  create_users();
  create_orders("ON DELETE CASCADE", 200);
  db_.execute(
      "CREATE TABLE items (order_id bigint REFERENCES orders ON DELETE CASCADE);"
      "CREATE TABLE notes (item bigint, order_id bigint REFERENCES orders ON DELETE SET NULL)");
  const Plan plan = planned(deletion({{"", "orders"}}));
  std::string text;
  for (const Finding& finding : plan.findings) {
    if (finding.check == "referrers") text += word_for(finding) + finding.text + "\n";
  }
  EXPECT_NE(text.find("accepted public.orders, about 200 rows"), std::string::npos) << text;
  EXPECT_NE(text.find("refused public.items"), std::string::npos) << text;
  EXPECT_NE(text.find("refused public.notes"), std::string::npos) << text;
  const Plan accepted = planned(deletion({{"", "orders"}, {"public", "items"}, {"", "notes"}}));
  EXPECT_EQ(first_refusal(accepted), nullptr);
}

TEST_F(PlanDeletion, AKeyThatIsNotEnforcedIsNotMet) {
  create_users();
  create_orders("ON DELETE CASCADE", 5000);
  db_.execute("CREATE INDEX ON orders (user_id)");
  expect_refusal(planned(deletion()), "referrers", ErrorCode::foreign_key, "orders_user_id_fkey");
  const bool known = execute_if_known(db_, "ALTER TABLE orders ALTER CONSTRAINT orders_user_id_fkey NOT ENFORCED");
  EXPECT_EQ(known, server_version(db_) / 10000 >= 18);
  EXPECT_EQ(first_refusal(planned(deletion())) == nullptr, known);
}

TEST_F(PlanDeletion, OfAPartitionedTableTheKeyIsMetOnce) {
  db_.execute(
      "CREATE TABLE users (id bigint PRIMARY KEY, status text) PARTITION BY RANGE (id);"
      "CREATE TABLE users_0 PARTITION OF users FOR VALUES FROM (0) TO (100);"
      "CREATE TABLE users_1 PARTITION OF users FOR VALUES FROM (100) TO (200);"
      "INSERT INTO users SELECT i, 'status ' || i FROM generate_series(1, 150) i");
  create_orders("ON DELETE CASCADE", 50);
  const Plan plan = planned(deletion());
  EXPECT_EQ(std::count_if(plan.findings.begin(), plan.findings.end(),
                          [](const Finding& finding) { return finding.check == "referrers"; }),
            1);
  EXPECT_EQ(first_refusal(planned(deletion({{"", "orders"}}))), nullptr);
}

TEST_F(PlanDeletion, APartitionThatGoesWholeIsProvedByItsBounds) {
  db_.execute(
      "CREATE TABLE users (id bigint, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
      "CREATE TABLE users_old PARTITION OF users FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');"
      "CREATE TABLE users_new PARTITION OF users FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
      "INSERT INTO users SELECT i, '2019-07-01'::date + i FROM generate_series(1, 300) i");
  JobSpec spec = deletion();
  spec.where = "at < '2020-02-01'";
  const Plan plan = planned(spec);
  const Finding finding = finding_of(plan, "whole_partitions");
  EXPECT_NE(finding.text.find("partition public.users_old prove"), std::string::npos) << finding.text;
  // Servers before 14 cannot detach one beside others.
  const std::string how = server_version(db_) / 10000 >= 14 ? " CONCURRENTLY" : "";
  EXPECT_NE(finding.remedy.find("DETACH PARTITION public.users_old" + how + "; DROP TABLE public.users_old"),
            std::string::npos)
      << finding.remedy;
  EXPECT_EQ(std::count_if(plan.findings.begin(), plan.findings.end(),
                          [](const Finding& one) { return one.check == "whole_partitions"; }),
            1);
  db_.execute("CREATE TABLE users_rest PARTITION OF users DEFAULT");
  EXPECT_EQ(finding_of(planned(spec), "whole_partitions").remedy.find("CONCURRENTLY"), std::string::npos);
}

TEST_F(PlanDeletion, MeetsTheTriggersAndRulesOfDeletions) {
  create_users();
  db_.execute(
      "CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';"
      "CREATE TRIGGER on_update AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION noop();"
      "CREATE TRIGGER on_both AFTER UPDATE OF state OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION noop()");
  expect_warning(planned(deletion()), "triggers", "trigger on_both (AFTER DELETE) runs noop() for each row deleted");
  db_.execute("CREATE RULE never AS ON DELETE TO users DO INSTEAD NOTHING");
  expect_refusal(planned(deletion()), "rewrite_rules", ErrorCode::rewrite_rule, "rewrites DELETEs of");
}

TEST_F(PlanDeletion, NeedsThePrivilegeToDelete) {
  create_users();
  db_.execute("CREATE ROLE plan_purger LOGIN; GRANT SELECT, UPDATE ON users TO plan_purger");
  expect_refusal(planned_as("plan_purger", deletion()), "privileges", ErrorCode::privilege, "lacks DELETE");
  db_.execute("DROP OWNED BY plan_purger; DROP ROLE plan_purger");
}

}  // namespace
}  // namespace pgfill::tests
