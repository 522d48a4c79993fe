#include "work/key_scale.h"

#include <gtest/gtest.h>

namespace pgfill::work {
namespace {

TEST(KeyScale, IsOfIntegersAndUuids) {
  for (const char* type : {"smallint", "integer", "bigint", "uuid"}) EXPECT_TRUE(KeyScale::of(type)) << type;
  for (const char* type : {"text", "numeric", "timestamp with time zone", ""}) EXPECT_FALSE(KeyScale::of(type)) << type;
}

TEST(KeyScale, CountsIntegersFromTheSmallestToTheLargest) {
  const KeyScale scale = *KeyScale::of("bigint");
  EXPECT_EQ(scale.distance("-5", "7"), 12.0);
  EXPECT_EQ(scale.distance("7", "-5"), 0.0);
  EXPECT_EQ(scale.beyond("-5", 12.6, std::nullopt), "7");
  EXPECT_EQ(scale.beyond("1", 100, "50"), "50");
  EXPECT_EQ(scale.beyond("9223372036854775000", 1e6, std::nullopt), "9223372036854775807");
  EXPECT_EQ(scale.beyond("-9223372036854775808", 1, std::nullopt), "-9223372036854775807");
  EXPECT_EQ(scale.beyond("5", 1, "4"), std::nullopt);
  for (const char* none : {"", "x", "1.5", "99999999999999999999"}) EXPECT_FALSE(scale.distance("1", none)) << none;
}

/// A guess beyond would be no value for the server.
TEST(KeyScale, EndsWithItsType) {
  EXPECT_EQ(KeyScale::of("integer")->beyond("2147483000", 1e6, std::nullopt), "2147483647");
  EXPECT_EQ(KeyScale::of("smallint")->beyond("-32768", 1e6, std::nullopt), "32767");
  EXPECT_EQ(KeyScale::of("integer")->beyond("2147483648", 1, std::nullopt), std::nullopt);
}

TEST(KeyScale, CountsUuidsAsNumbersOf128Bits) {
  const KeyScale scale = *KeyScale::of("uuid");
  const std::string first = "00000000-0000-0000-0000-000000000000";
  EXPECT_EQ(scale.distance(first, "00000000-0000-0000-0000-0000000000ff"), 255.0);
  EXPECT_EQ(scale.beyond("0123abcd-0000-0000-0000-ffffffffffff", 1, std::nullopt),
            "0123abcd-0000-0000-0001-000000000000");
  EXPECT_EQ(scale.beyond("ffffffff-0000-0000-0000-000000000000", 1e38, std::nullopt),
            "ffffffff-ffff-ffff-ffff-ffffffffffff");
  EXPECT_EQ(scale.beyond(first, 1e38, "10000000-0000-0000-0000-000000000000"), "10000000-0000-0000-0000-000000000000");
  for (const char* none : {"", "17", "00000000-0000-0000-0000-00000000000g", "00000000-0000-0000-0000-0000000000000"})
    EXPECT_FALSE(scale.distance(first, none)) << none;
}

}  // namespace
}  // namespace pgfill::work
