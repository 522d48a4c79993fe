#include "report/quantity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace pgfill::report {
namespace {

using namespace std::chrono_literals;

TEST(Quantity, ExactCountsHaveThousandsSeparators) {
  EXPECT_EQ(exact_count(0), "0");
  EXPECT_EQ(exact_count(999), "999");
  EXPECT_EQ(exact_count(2'300), "2,300");
  EXPECT_EQ(exact_count(28'510'000), "28,510,000");
  EXPECT_EQ(exact_count(-1'204'000), "-1,204,000");
  EXPECT_EQ(exact_count(-100), "-100");
}

TEST(Quantity, ShortCountsKeepThreeToFourDigits) {
  EXPECT_EQ(short_count(0), "0");
  EXPECT_EQ(short_count(950), "950");
  EXPECT_EQ(short_count(6'800), "6.8k");
  EXPECT_EQ(short_count(99'940), "99.9k");
  EXPECT_EQ(short_count(480'000), "480k");
  EXPECT_EQ(short_count(28'510'000), "28.51M");
  EXPECT_EQ(short_count(1'200'000'000), "1.20G");
}

TEST(Quantity, ANumberThatWouldRoundUpIsWrittenInTheNextUnit) {
  EXPECT_EQ(short_count(999.7), "1.0k");
  EXPECT_EQ(short_count(99'980), "100k");
  EXPECT_EQ(short_count(999'950), "1.00M");
}

TEST(Quantity, NonsenseIsNeverPrintedAsANumber) {
  EXPECT_EQ(row_rate(std::numeric_limits<double>::quiet_NaN()), "0 rows/s");
  EXPECT_EQ(row_rate(-5), "0 rows/s");
  EXPECT_EQ(short_count(std::numeric_limits<double>::infinity()), "unknown");
  EXPECT_EQ(percentage(std::numeric_limits<double>::quiet_NaN()), "0.0%");
}

TEST(Quantity, DurationsUseTwoUnitsAtMost) {
  EXPECT_EQ(duration(0us), "0ms");
  EXPECT_EQ(duration(400us), "0.4ms");
  EXPECT_EQ(duration(310ms), "310ms");
  EXPECT_EQ(duration(1'900ms), "1.9s");
  EXPECT_EQ(duration(42s), "42s");
  EXPECT_EQ(duration(59'700ms), "1m00s");
  EXPECT_EQ(duration(12min + 5s), "12m05s");
  EXPECT_EQ(duration(1h + 5min), "1h05m");
  EXPECT_EQ(duration(51h), "2d03h");
  EXPECT_EQ(duration(-3s), "0ms");
}

TEST(Quantity, SizesUsePostgresUnits) {
  EXPECT_EQ(size(1), "1 byte");
  EXPECT_EQ(size(512), "512 bytes");
  EXPECT_EQ(size(6144), "6.0 KiB");
  EXPECT_EQ(size(1'363'149), "1.3 MiB");
  EXPECT_EQ(size(1'048'575), "1.0 MiB");
}

TEST(Quantity, APercentageIsRoundedDownSoThatOneHundredMeansAll) {
  EXPECT_EQ(percentage(0.661), "66.1%");
  EXPECT_EQ(percentage(0.99999), "99.9%");
  EXPECT_EQ(percentage(1), "100.0%");
  EXPECT_EQ(percentage(1.2), "100.0%");
}

TEST(Quantity, TheBarIsFullOnlyWhenAllIsDone) {
  EXPECT_EQ(bar(0.6667, 24), "[################--------]");
  EXPECT_EQ(bar(0.999, 10), "[#########-]");
  EXPECT_EQ(bar(1, 4), "[####]");
  EXPECT_EQ(bar(0, 4), "[----]");
}

TEST(Quantity, TheTimeLeftIsARangeOrUnknown) {
  EXPECT_EQ(time_left(65min, 84min), "ETA 1h05m-1h24m");
  EXPECT_EQ(time_left(30s, 30s), "ETA 30s");
  EXPECT_EQ(time_left(1s, 9s), "ETA 1s-9s");
  EXPECT_EQ(time_left(std::nullopt, 30s), "ETA unknown");
}

TEST(Quantity, NounsFollowTheirNumber) {
  EXPECT_EQ(counted(1, "row"), "1 row");
  EXPECT_EQ(counted(2'300, "row"), "2,300 rows");
  EXPECT_EQ(counted(2, "retried batch"), "2 retried batches");
}

}  // namespace
}  // namespace pgfill::report
