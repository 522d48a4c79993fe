// The shape of ranges on real tables: they tile the key space by the server's own comparison, and finding them costs
// next to nothing.
#include "postgres/plan_fixture.h"
#include "sql/identifier.h"
#include "support/eventually.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

std::string row_of(const Key& key, const KeyChoice& choice) {
  std::string row;
  for (std::size_t i = 0; i < key.size(); ++i) {
    row += (i == 0 ? "(" : ", ") + ("'" + key[i] + "'::" + choice.columns[i].type);
  }
  return row + ")";
}

class PlanRanges : public PlanOnServer {
 protected:
  /// Rows of each range by the server's comparison; fails unless ranges touch and every row is in exactly one.
  std::vector<std::int64_t> rows_per_range(const Plan& plan) {
    std::string names;
    for (const KeyColumn& column : plan.key.columns)
      names += (names.empty() ? "(" : ", ") + sql::quote_identifier(column.name);
    names += ")";
    std::vector<std::int64_t> counts;
    std::int64_t total = 0;
    std::optional<Key> last;
    for (const PlannedRange& range : plan.ranges) {
      EXPECT_EQ(range.keys.lower, last);
      last = range.keys.upper;
      std::string condition = "true";
      if (range.keys.lower) condition += " AND " + names + " > " + row_of(*range.keys.lower, plan.key);
      if (range.keys.upper) condition += " AND " + names + " <= " + row_of(*range.keys.upper, plan.key);
      counts.push_back(db_.integer("SELECT count(*) FROM users WHERE " + condition));
      total += counts.back();
    }
    EXPECT_EQ(total, db_.integer("SELECT count(*) FROM users"));
    return counts;
  }
  static double share_sum(const Plan& plan) {
    double sum = 0;
    for (const PlannedRange& range : plan.ranges) sum += range.share;
    return sum;
  }
  static double unevenness(const std::vector<std::int64_t>& counts) {
    std::int64_t total = 0;
    std::int64_t largest = 0;
    for (const std::int64_t count : counts) {
      total += count;
      largest = std::max(largest, count);
    }
    return static_cast<double>(largest) * static_cast<double>(counts.size()) / static_cast<double>(total);
  }
  /// `key` is an SQL expression over i from 1 to `rows`.
  void fill(const std::string& type, const std::string& key, int rows) {
    db_.execute("CREATE TABLE users (k " + type +
                " PRIMARY KEY, status text, state text) WITH (autovacuum_enabled = off);"
                "INSERT INTO users SELECT " +
                key + ", 'x' FROM generate_series(1, " + std::to_string(rows) + ") i");
  }
};

struct KeyKind {
  std::string name;
  std::string type;
  std::string key;
};

std::ostream& operator<<(std::ostream& out, const KeyKind& kind) {
  return out << kind.name;
}

class PlanRangesByKey : public PlanRanges, public testing::WithParamInterface<KeyKind> {};

TEST_P(PlanRangesByKey, TileTheTableBeforeAndAfterItIsAnalyzed) {
  fill(GetParam().type, GetParam().key, 300'000);
  const Plan fresh = planned();
  EXPECT_FALSE(fresh.table.analyzed);
  EXPECT_GE(fresh.ranges.size(), 5U);
  EXPECT_NEAR(static_cast<double>(fresh.table.estimated_rows), 300'000, 60'000);
  EXPECT_LT(unevenness(rows_per_range(fresh)), 3.0);
  db_.execute("ANALYZE users");
  JobSpec one_pass = users_spec();
  one_pass.stripes = Stripes::off;
  one_pass.order = Order::key;
  const Plan analyzed = planned(one_pass);
  EXPECT_TRUE(analyzed.table.analyzed);
  EXPECT_EQ(analyzed.ranges.size(), 6U);
  EXPECT_LT(unevenness(rows_per_range(analyzed)), 1.25);
  EXPECT_NEAR(share_sum(analyzed), 1.0, 1e-9);

  JobSpec bounded = one_pass;
  bounded.bound = Bound::at_start;
  const Plan until_now = planned(bounded);
  ASSERT_TRUE(until_now.ranges.back().keys.upper.has_value());
  EXPECT_EQ(until_now.ranges.size(), 6U);
  rows_per_range(until_now);
  EXPECT_EQ(until_now.ranges.back().keys.upper->front(),
            db_.value("SELECT users.k::text FROM users ORDER BY users.k DESC LIMIT 1"));
}

INSTANTIATE_TEST_SUITE_P(
    Keys, PlanRangesByKey,
    testing::Values(KeyKind{"bigint", "bigint", "i"}, KeyKind{"skewed", "bigint", "(1.00005 ^ i * 1000)::bigint + i"},
                    KeyKind{"text", "text COLLATE \"C\"", "md5(i::text)"},
                    KeyKind{"local_text", "varchar(40)", "chr(65 + i % 57) || ' ' || md5(i::text)"},
                    KeyKind{"uuid", "uuid", "md5(i::text)::uuid"},
                    KeyKind{"time", "timestamptz", "'2020-03-01 12:00'::timestamptz + i * interval '1.3 seconds'"},
                    KeyKind{"real", "float8", "i / 7.0"}, KeyKind{"number", "numeric", "i * 1.0001"}),
    [](const testing::TestParamInfo<KeyKind>& kind) { return kind.param.name; });

TEST_F(PlanRanges, ACompositeKeyIsCutByASample) {
  db_.execute("CREATE TABLE users (tenant int, name text, status text, state text, PRIMARY KEY (tenant, name))");
  db_.execute(
      "INSERT INTO users SELECT (random() ^ 3 * 50)::int, md5(i::text), 'x' FROM generate_series(1, 400000) i;"
      "ANALYZE users");
  JobSpec by_key = users_spec();
  by_key.order = Order::key;
  const Plan plan = planned(by_key);
  EXPECT_EQ(plan.ranges.size(), 8U);
  EXPECT_EQ(plan.ranges.front().keys.upper->size(), 2U);
  EXPECT_LT(unevenness(rows_per_range(plan)), 2.0);
}

/// Two terabytes of holes, which the server reads as empty pages, and the time to plan before and after.
TEST_F(PlanRanges, PlanningDoesNotTakeLongerForTerabytes) {
  db_.execute("CREATE TABLE users (tenant int, name text, status text, state text, PRIMARY KEY (tenant, name))");
  db_.execute("INSERT INTO users SELECT i % 50, md5(i::text), 'x' FROM generate_series(1, 100000) i; CHECKPOINT");
  const auto time = [this] {
    const async::TimePoint begun = async::Clock::now();
    EXPECT_GE(planned().ranges.size(), 1U);
    return async::Clock::now() - begun;
  };
  const auto small = std::min(time(), time());
  const std::string path = db_.value("SELECT pg_relation_filepath('users')");
  db_.execute("COPY (SELECT) TO PROGRAM 'truncate -s 1G " + path + " $(seq -f " + path + ".%g 1 2047)'");
  ASSERT_EQ(db_.integer("SELECT pg_relation_size('users') >> 40"), 2);
  EXPECT_LT(std::min(time(), time()), 5 * small + 300ms);
  db_.execute("DROP TABLE users");
}

TEST_F(PlanRanges, AnEmptyTableHasOneRangeWithoutBounds) {
  fill("bigint", "i", 0);
  const Plan plan = planned();
  ASSERT_EQ(plan.ranges.size(), 1U);
  EXPECT_FALSE(plan.ranges[0].keys.lower || plan.ranges[0].keys.upper);
}

TEST_F(PlanRanges, AnEmptyTableBoundAtStartHasNoRange) {
  fill("bigint", "i", 0);
  JobSpec spec = users_spec();
  spec.bound = Bound::at_start;
  EXPECT_TRUE(planned(spec).ranges.empty());
}

TEST_F(PlanRanges, StaleStatisticsCostEvennessOnly) {
  fill("bigint", "i", 300'000);
  db_.execute(
      "ANALYZE users; DELETE FROM users WHERE k > 100000; INSERT INTO users SELECT -i, 'x' FROM "
      "generate_series(1, 100000) i");
  rows_per_range(planned());
  JobSpec spec = users_spec();
  spec.bound = Bound::at_start;
  const Plan plan = planned(spec);
  rows_per_range(plan);
  EXPECT_EQ(plan.ranges.back().keys.upper, Key{"100000"});
}

TEST_F(PlanRanges, RoleSettingsDoNotChangeHowKeysAreWritten) {
  fill("timestamptz", "'2020-03-01 12:00'::timestamptz + i * interval '1 hour'", 120'000);
  db_.execute("ANALYZE users");
  const Plan usual = planned();
  db_.execute("ALTER DATABASE " + database_.name() + " SET datestyle = 'SQL, DMY'; ALTER DATABASE " + database_.name() +
              " SET timezone = 'Asia/Kolkata'");
  const Plan odd = planned();
  ASSERT_EQ(odd.ranges.size(), usual.ranges.size());
  ASSERT_GT(odd.ranges.size(), 1U);
  for (std::size_t i = 0; i < odd.ranges.size(); ++i) EXPECT_EQ(odd.ranges[i].keys.upper, usual.ranges[i].keys.upper);
}

TEST_F(PlanRanges, NamesResolveUnderTheSessionsSearchPathWhichIsReported) {
  db_.execute(
      "CREATE SCHEMA crm; CREATE TABLE crm.users (id int PRIMARY KEY, status text, state text);"
      "CREATE FUNCTION crm.tidy(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';"
      "ALTER DATABASE " +
      database_.name() + " SET search_path = crm");
  JobSpec spec = users_spec();
  spec.set() = {{"state", "tidy(status)"}};
  const Plan plan = planned(spec);
  EXPECT_EQ(first_refusal(plan), nullptr);
  EXPECT_EQ(plan.table.schema, "crm");
  EXPECT_EQ(plan.table.search_path, "crm");
}

/// Of the statistics collector, which learns of a session's work when that ends.
struct Reads {
  std::int64_t sequential = 0;
  std::int64_t blocks = 0;
};

TEST_F(PlanRanges, PlanningAMillionRowsReadsNextToNothingAndWritesNothing) {
  fill("bigint", "i", 1'000'000);
  db_.execute("VACUUM ANALYZE users");
  db_.execute("CHECKPOINT");
  const auto reads = [&]() {
    db_.execute("SELECT pg_stat_force_next_flush()");
    const auto rows = db_.rows(
        "SELECT s.seq_scan, i.heap_blks_read + i.heap_blks_hit + i.idx_blks_read + i.idx_blks_hit, s.idx_scan "
        "FROM pg_stat_user_tables s JOIN pg_statio_user_tables i USING (relid) WHERE s.relname = 'users'");
    return std::pair(Reads{rows.integer(0, 0), rows.integer(0, 1)}, rows.integer(0, 2));
  };
  const auto [before, index_scans_before] = reads();
  const std::string position = db_.value("SELECT pg_current_wal_insert_lsn()");
  const Plan plan = planned();
  EXPECT_EQ(db_.value("SELECT pg_current_wal_insert_lsn()"), position);
  EXPECT_EQ(plan.ranges.size(), 6U);  // in stripes, the last from the largest key on
  EXPECT_TRUE(eventually(20s, [&, scans = index_scans_before] { return reads().second > scans; }));
  const Reads after = reads().first;
  EXPECT_EQ(after.sequential, before.sequential);
  EXPECT_LT(after.blocks - before.blocks, 100);
}

TEST_F(PlanRanges, PlanningWithoutStatisticsReadsABoundedSample) {
  fill("bigint", "i", 1'000'000);
  const auto pages = db_.integer("SELECT pg_relation_size('users') / 8192");
  ASSERT_GT(pages, 3'000);
  db_.execute("SELECT pg_stat_force_next_flush()");
  const std::string blocks = "SELECT heap_blks_read + heap_blks_hit FROM pg_statio_user_tables WHERE relname = 'users'";
  const auto before = db_.integer(blocks);
  const Plan plan = planned();
  EXPECT_GE(plan.ranges.size(), 15U);
  EXPECT_TRUE(eventually(20s, [&] { return db_.integer(blocks) > before; }));
  EXPECT_LT(db_.integer(blocks) - before, 600);
}

}  // namespace
}  // namespace pgfill::tests
