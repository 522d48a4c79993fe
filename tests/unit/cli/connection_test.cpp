#include "cli/connection.h"

#include <gtest/gtest.h>

#include <map>

namespace pgfill::cli {
namespace {

Environment environment(std::map<std::string, std::string> values = {}) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(Connection, WithoutAnythingIsLeftToLibpq) {
  const auto settings = resolve_connection({}, environment({{"PGHOST", "h"}}));
  EXPECT_EQ(settings.conninfo, "");
  EXPECT_TRUE(settings.keywords.empty());
}

TEST(Connection, FlagsRankAboveTheEnvironment) {
  ConnectionFlags flags;
  flags.host = "flag";
  const auto settings = resolve_connection(flags, environment({{"PGFILL_HOST", "variable"}, {"PGFILL_PORT", "5433"}}));
  EXPECT_EQ(settings.keywords, (Keywords{{"host", "flag"}, {"port", "5433"}}));
}

TEST(Connection, AFlagChangesOneThingOfTheEnvironmentsConnectionString) {
  ConnectionFlags flags;
  flags.dbname = "shop";
  const auto settings = resolve_connection(flags, environment({{"PGFILL_DSN", "host=h dbname=other"}}));
  EXPECT_EQ(settings.conninfo, "host=h dbname=other");
  EXPECT_EQ(settings.keywords, (Keywords{{"dbname", "shop"}}));
}

TEST(Connection, AConnectionStringIsNotMixedWithWhatRanksBelowIt) {
  ConnectionFlags flags;
  flags.dsn = "host=h";
  const auto settings =
      resolve_connection(flags, environment({{"PGFILL_HOST", "x"}, {"PGFILL_DSN", "host=y"}}), {{"dbname", "z"}});
  EXPECT_EQ(settings.conninfo, "host=h");
  EXPECT_TRUE(settings.keywords.empty());
}

TEST(Connection, AServiceIsNotMixedWithTheHostOfTheSpec) {
  ConnectionFlags flags;
  flags.service = "prod";
  const auto settings = resolve_connection(flags, environment(), {{"host", "test-machine"}});
  EXPECT_EQ(settings.keywords, (Keywords{{"service", "prod"}}));
}

TEST(Connection, LibpqVariablesRankAboveTheSpec) {
  const auto settings =
      resolve_connection({}, environment({{"PGHOST", "variable"}}), {{"host", "spec"}, {"dbname", "shop"}});
  EXPECT_EQ(settings.keywords, (Keywords{{"host", "variable"}, {"dbname", "shop"}}));
}

TEST(Connection, LibpqVariablesRankAboveTheServiceOfTheSpec) {
  const auto settings = resolve_connection({}, environment({{"PGDATABASE", "shop"}}), {{"service", "prod"}});
  EXPECT_EQ(settings.keywords, (Keywords{{"dbname", "shop"}, {"service", "prod"}}));
}

TEST(Connection, AServiceVariableReplacesTheSpecsConnection) {
  const auto settings = resolve_connection({}, environment({{"PGSERVICE", "prod"}}), {{"host", "spec"}});
  EXPECT_EQ(settings.keywords, (Keywords{{"service", "prod"}}));
}

}  // namespace
}  // namespace pgfill::cli
