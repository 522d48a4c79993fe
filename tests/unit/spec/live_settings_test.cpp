// The fields that may be set while a job runs: judged together, and told to the ledger with the shape of their values.
#include "spec/live_settings.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "spec/field_table.h"
#include "unit/spec/spec_samples.h"

namespace pgfill::test {
namespace {

const JobSpec& plain() {
  static const JobSpec spec = *parse_with("set: {a: b}\nbatch: {min_rows: 100, max_rows: 1000}");
  return spec;
}

TEST(LiveSettings, AreJudgedTogetherInAnyOrder) {
  const auto both = spec::with_settings(plain(), {{"batch.max_rows", "10"}, {"batch.min_rows", "1"}});
  ASSERT_TRUE(both) << told(both);
  EXPECT_EQ(both->batch.max_rows, 10);
  EXPECT_EQ(both->batch.min_rows, 1);
  const auto reverse = spec::with_settings(plain(), {{"batch.min_rows", "100000"}, {"batch.max_rows", "200000"}});
  EXPECT_TRUE(reverse) << told(reverse);
  EXPECT_FALSE(spec::with_settings(plain(), {{"batch.max_rows", "10"}}));
}

TEST(LiveSettings, ARefusalNamesTheOneThatIsWrongByItself) {
  const auto wrong = spec::with_settings(plain(), {{"workers", "2"}, {"batch.time", "900ms"}});
  ASSERT_FALSE(wrong);
  EXPECT_TRUE(wrong.error().message.starts_with("batch.time=900ms: ")) << wrong.error().message;
  const auto pair = spec::with_settings(plain(), {{"batch.max_rows", "10"}, {"batch.min_rows", "20"}});
  ASSERT_FALSE(pair);
  EXPECT_TRUE(pair.error().message.starts_with("batch.max_rows=10, batch.min_rows=20: ")) << pair.error().message;
}

TEST(LiveSettings, TheShapeOfAFieldLetsPassWhatTheFieldTakes) {
  const std::map<std::string, std::string> values{{"throttle.replicas", "[{name: r1, connection: {host: h}}]"},
                                                  {"throttle.signals", "[{name: slow, sql: \"SELECT 1\", limit: 1}]"},
                                                  {"throttle.http", "[{url: \"http://localhost/health\"}]"},
                                                  {"throttle.ignore", "[growth]"},
                                                  {"batch.min_rows", "200"},
                                                  {"batch.max_rows", "2000"}};
  for (const auto& [path, shape] : spec::live_fields()) {
    const spec::Field& field = *spec::find_field(path);
    const auto known = values.find(path);
    const std::string value = known == values.end() ? std::string(field.default_text) : known->second;
    const auto set = spec::with_settings(plain(), {{path, value}});
    EXPECT_TRUE(set) << path << "=" << value << " " << told(set);
    EXPECT_TRUE(std::regex_match(value, std::regex(shape))) << path << "=" << value << " is not " << shape;
    EXPECT_EQ(std::regex_match("off", std::regex(shape)), spec::with_settings(plain(), {{path, "off"}}).has_value())
        << path;
    EXPECT_FALSE(std::regex_match("", std::regex(shape))) << path;
    EXPECT_FALSE(std::regex_match("ban ana", std::regex(shape))) << path;
  }
}

}  // namespace
}  // namespace pgfill::test
