// Tables of Citus are known by its catalogue and refused; where it is not, or knows nothing of a table, nothing is
// said. Citus itself is not there: its catalogue is made by hand.
#include "postgres/plan_fixture.h"

namespace pgfill::tests {
namespace {

class PlanDistributed : public PlanOnServer {
 protected:
  void make_catalogue_of_citus() {
    db_.execute(
        "SET allow_system_table_mods = on;"
        "CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass NOT NULL, partmethod \"char\" NOT NULL, "
        "partkey text, colocationid int, repmodel \"char\");"
        "RESET allow_system_table_mods");
  }
  void distribute(const std::string& table, char method) {
    db_.execute("INSERT INTO pg_catalog.pg_dist_partition (logicalrelid, partmethod) VALUES ('" + table + "', '" +
                method + "')");
  }
};

TEST_F(PlanDistributed, TablesOfCitusAreRefusedWithTheReason) {
  for (const char method : {'h', 'n'}) {
    SCOPED_TRACE(method);
    db_.execute(
        "DROP TABLE IF EXISTS users; SET allow_system_table_mods = on;"
        "DROP TABLE IF EXISTS pg_catalog.pg_dist_partition");
    create_users();
    make_catalogue_of_citus();
    distribute("users", method);
    expect_refusal(planned(), "distributed", ErrorCode::table_kind, "a table of Citus");
  }
}

TEST_F(PlanDistributed, APartitionedTableIsOneWhenAPartitionIs) {
  db_.execute(
      "CREATE TABLE users (id bigint PRIMARY KEY, status text, state text) PARTITION BY RANGE (id);"
      "CREATE TABLE users_1 PARTITION OF users FOR VALUES FROM (0) TO (1000)");
  make_catalogue_of_citus();
  distribute("users_1", 'h');
  expect_refusal(planned(), "distributed", ErrorCode::table_kind, "a table of Citus");
}

TEST_F(PlanDistributed, OtherTablesOfADatabaseWithCitusAreNot) {
  create_users();
  EXPECT_TRUE(is_silent(planned(), "distributed"));
  make_catalogue_of_citus();
  db_.execute("CREATE TABLE others (id int)");
  distribute("others", 'h');
  EXPECT_TRUE(is_silent(planned(), "distributed"));
}

}  // namespace
}  // namespace pgfill::tests
