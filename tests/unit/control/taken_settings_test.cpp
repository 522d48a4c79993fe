// Settings are judged together: what one request asks for, and what stays of those that cannot be had.
#include "control/taken_settings.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgfill::control {
namespace {

using Settings = std::vector<spec::Setting>;
using Held = std::map<std::string, std::string>;

JobSpec plain_spec() {
  JobSpec spec;
  spec.job = "counter";
  spec.table = "items";
  spec.set() = {{"n", "1"}};
  spec.batch.min_rows = 100;
  spec.batch.max_rows = 1'000;
  return spec;
}

TakenSettings taken(const Settings& asked, const Held& held = {}, const std::string& one_at_a_time = "") {
  return take_settings(plain_spec(), asked, held, one_at_a_time);
}

TEST(TakenSettings, ALargestBelowTheFormerLeastIsLegalBesideANewLeast) {
  Settings asked{{"batch.max_rows", "10"}, {"batch.min_rows", "1"}};
  for (int order = 0; order < 2; ++order) {
    const TakenSettings both = taken(asked);
    EXPECT_EQ(both.spec.batch.min_rows, 1);
    EXPECT_EQ(both.spec.batch.max_rows, 10);
    EXPECT_TRUE(both.left_out.empty()) << both.left_out.front();
    std::reverse(asked.begin(), asked.end());
  }
}

TEST(TakenSettings, OneAfterTheOtherIsAsBothAtOnce) {
  const TakenSettings first = taken({{"batch.max_rows", "10"}});
  EXPECT_EQ(first.spec.batch.max_rows, 1'000) << "below the least of the spec";
  EXPECT_EQ(first.left_out.size(), 1U);
  const TakenSettings second = taken({{"batch.max_rows", "10"}, {"batch.min_rows", "1"}});
  EXPECT_EQ(second.spec.batch.max_rows, 10);
  EXPECT_EQ(second.spec.batch.min_rows, 1);
}

TEST(TakenSettings, AWrongOneTakesNoOtherWithIt) {
  const TakenSettings some =
      taken({{"batch.max_rows", "10"}, {"batch.time", "900ms"}, {"batch.min_rows", "1"}}, {{"batch.time", "5ms"}});
  EXPECT_EQ(some.spec.batch.max_rows, 10);
  EXPECT_EQ(some.spec.batch.min_rows, 1);
  EXPECT_EQ(some.spec.batch.target_time, std::chrono::milliseconds(5)) << "what held before holds on";
  ASSERT_EQ(some.left_out.size(), 1U);
  EXPECT_NE(some.left_out.front().find("batch.time=900ms"), std::string::npos) << some.left_out.front();
}

TEST(TakenSettings, ANewValueDoesNotPushOutWhatHolds) {
  const TakenSettings kept = taken({{"batch.max_rows", "150"}, {"batch.min_rows", "200"}}, {{"batch.min_rows", "200"}});
  EXPECT_EQ(kept.spec.batch.min_rows, 200);
  EXPECT_EQ(kept.spec.batch.max_rows, 1'000);
  EXPECT_EQ(kept.left_out.size(), 1U);
}

TEST(TakenSettings, NoMoreWorkersWhereNoBatchMayRunBesideAnother) {
  const TakenSettings one = taken({{"workers", "4"}, {"batch.time", "5ms"}}, {}, "a trigger reads the table");
  EXPECT_EQ(one.spec.workers, 0);
  EXPECT_EQ(one.spec.batch.target_time, std::chrono::milliseconds(5));
  ASSERT_EQ(one.left_out.size(), 1U);
  EXPECT_NE(one.left_out.front().find("a trigger reads the table"), std::string::npos);
}

}  // namespace
}  // namespace pgfill::control
