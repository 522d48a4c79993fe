// Which keys have a text that depends on settings, and which settings they can be read under.
#include "sql/key_text.h"

#include <gtest/gtest.h>

namespace pgfill::sql {
namespace {

TEST(KeyText, DependsOnSettingsUnlessTheTypeIsKnown) {
  for (const char* type : {"bigint", "numeric(20,6)", "character varying(20)", "\"char\"", "uuid", "bit varying(9)"}) {
    EXPECT_TRUE(has_one_text(type)) << type;
  }
  for (const char* type : {"date", "timestamp(3) with time zone", "interval", "bytea", "money", "double precision",
                           "integer[]", "public.mood", "bit_of_mine"}) {
    EXPECT_FALSE(has_one_text(type)) << type;
  }
  EXPECT_FALSE(has_one_text({{"id", "bigint"}, {"at", "date"}}));
}

TEST(KeyText, OfMoneyIsReadAsItWasWritten) {
  const std::vector<std::string> settings{"UTC", "German, DMY", "iso_8601", "escape", "de_DE", "0"};
  EXPECT_EQ(readable_settings(settings, {{"at", "timestamp(3) with time zone"}, {"id", "bigint"}}), settings);
  std::vector<std::string> without = settings;
  without[4] = "C";
  EXPECT_EQ(readable_settings(settings, {{"id", "bigint"}, {"price", "money"}}), without);
  EXPECT_EQ(readable_settings(settings, {{"price", "public.price"}}), without) << "a domain may be over money";
  EXPECT_TRUE(readable_settings({}, {{"price", "money"}}).empty());
}

}  // namespace
}  // namespace pgfill::sql
