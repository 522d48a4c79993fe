// Which majors have a feature.
#include "postgres/server_version.h"

#include <gtest/gtest.h>

#include <set>

namespace pgfill::postgres {
namespace {

TEST(ServerVersion, HasAFeatureFromItsMajorOn) {
  for (const FeatureRow& row : feature_table()) {
    EXPECT_FALSE(has(row.since * 10'000 - 1, row.feature)) << row.what;
    EXPECT_TRUE(has(row.since * 10'000, row.feature)) << row.what;
    EXPECT_TRUE(has(990'000, row.feature)) << row.what;
  }
}

TEST(ServerVersion, IsWorthARowOnlyWhereSupportedServersDiffer) {
  std::set<Feature> rows;
  for (const FeatureRow& row : feature_table()) {
    EXPECT_GT(row.since, oldest_major) << row.what;
    EXPECT_LE(row.since, newest_major) << row.what;
    EXPECT_TRUE(rows.insert(row.feature).second) << row.what;
  }
  for (int feature = 0; feature <= static_cast<int>(Feature::view_of_checkpointer); ++feature)
    EXPECT_TRUE(rows.contains(static_cast<Feature>(feature))) << feature;
}

TEST(ServerVersion, NamesTheMajorOfAServer) {
  EXPECT_EQ(major_of(130023), 13);
  EXPECT_EQ(major_of(180004), 18);
}

}  // namespace
}  // namespace pgfill::postgres
