// How large batches may be that see other rows in one snapshot.
#include "work/snapshot_limit.h"

#include <gtest/gtest.h>

namespace pgfill::work {
namespace {

TEST(SnapshotLimit, DoesNotConcernJobsThatReadOnlyTheRowTheyChange) {
  SnapshotLimit limit(false);
  EXPECT_GT(limit.rows(), 1'000'000);
  limit.committed();
  EXPECT_GT(limit.rows(), 1'000'000);
}

TEST(SnapshotLimit, GrowsOnlyWhileNobodyInterferes) {
  SnapshotLimit limit(true);
  EXPECT_EQ(limit.rows(), SnapshotLimit::first_rows);
  for (int batch = 1; batch < SnapshotLimit::calm_batches; ++batch) limit.committed();
  EXPECT_EQ(limit.rows(), SnapshotLimit::first_rows);
  limit.committed();
  EXPECT_EQ(limit.rows(), 2 * SnapshotLimit::first_rows);
  for (int batch = 0; batch < 10'000; ++batch) limit.committed();
  EXPECT_LE(limit.rows(), 2'000'000);
}

TEST(SnapshotLimit, HalvesTheSliceThenLocksItsRowsFirst) {
  SnapshotLimit limit(true);
  EXPECT_EQ(limit.conflict(Way::direct, 1'000), Remedy::smaller);
  EXPECT_EQ(limit.rows(), 500);
  EXPECT_EQ(limit.conflict(Way::direct, 500), Remedy::around_held);
  EXPECT_EQ(limit.conflict(Way::around_held, 500), Remedy::none);
}

TEST(SnapshotLimit, BeginsAnewAfterACommit) {
  SnapshotLimit limit(true);
  EXPECT_EQ(limit.conflict(Way::direct, 600), Remedy::smaller);
  EXPECT_EQ(limit.rows(), 300);
  limit.committed();
  EXPECT_EQ(limit.rows(), 600);
  EXPECT_EQ(limit.conflict(Way::direct, 600), Remedy::smaller);
  limit.committed();
  limit.committed();
  EXPECT_EQ(limit.rows(), SnapshotLimit::first_rows);
}

TEST(SnapshotLimit, FallsBackBelowItsFirstRowsAtOnceHoweverFarItHasGrown) {
  SnapshotLimit limit(true);
  for (int batch = 0; batch < 10 * SnapshotLimit::calm_batches; ++batch) limit.committed();
  EXPECT_GT(limit.rows(), 8 * SnapshotLimit::first_rows);
  limit.conflict(Way::direct, limit.rows());
  EXPECT_EQ(limit.rows(), SnapshotLimit::first_rows / 2);
}

TEST(SnapshotLimit, NeverCutsASingleRow) {
  SnapshotLimit limit(true);
  EXPECT_EQ(limit.conflict(Way::direct, 1), Remedy::around_held);
  EXPECT_EQ(limit.rows(), 1);
}

}  // namespace
}  // namespace pgfill::work
