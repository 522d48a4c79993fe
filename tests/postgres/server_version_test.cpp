// The table of what servers can do is true of this server. A wrong row shows on another major: .dev/matrix.
#include "postgres/server_version.h"

#include <gtest/gtest.h>

#include "support/sessions.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {
namespace {

class ServerVersion : public testing::Test {
 protected:
  bool has(postgres::Feature feature) const { return postgres::has(version_, feature); }
  std::string plan_of(const std::string& statement) {
    const postgres::Rows lines = database_.rows("EXPLAIN (COSTS off) " + statement);
    std::string text;
    for (int row = 0; row < lines.size(); ++row) text += lines.string(row, 0) + "\n";
    return text;
  }

  ScratchDatabase scratch_;
  Database database_{scratch_.conninfo()};
  const int version_ = server_version(database_);
};

TEST_F(ServerVersion, ShowsWhatTheTableSaysItHas) {
  for (const postgres::FeatureRow& row : postgres::feature_table()) {
    if (row.shown_by.empty()) continue;
    const std::string name(row.shown_by);
    const bool function = name.ends_with(')');
    EXPECT_EQ(database_.value(std::string("SELECT ") + (function ? "to_regprocedure" : "to_regclass") +
                              "('pg_catalog." + name + "') IS NOT NULL") == "t",
              has(row.feature))
        << row.what;
  }
}

TEST_F(ServerVersion, ScansPositionsWhereTheTableSaysSo) {
  database_.execute("CREATE TABLE items (id int); SET enable_seqscan = off");
  const std::string plan = plan_of("SELECT FROM items WHERE ctid > '(1,1)' AND ctid <= '(9,1)'");
  EXPECT_EQ(plan.find("Tid Range Scan") != std::string::npos, has(postgres::Feature::scans_of_positions)) << plan;
}

TEST_F(ServerVersion, KeepsAnUpdateBesideBrinHeapOnlyWhereTheTableSaysSo) {
  database_.execute(
      "CREATE TABLE items (id int, n int) WITH (fillfactor = 50); INSERT INTO items SELECT i, i FROM "
      "generate_series(1, 10) i; CREATE INDEX ON items USING brin (n)");
  database_.execute("BEGIN; UPDATE items SET n = n + 1");
  const bool heap_only = database_.integer("SELECT pg_stat_get_xact_tuples_hot_updated('items'::regclass)") == 10;
  database_.execute("COMMIT");
  EXPECT_EQ(heap_only, has(postgres::Feature::heap_only_beside_brin));
}

}  // namespace
}  // namespace pgfill::tests
