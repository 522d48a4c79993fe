// The field `throttle`: what it holds, what it refuses and where, and that it is written as it is read.
#include <gtest/gtest.h>

#include <string>

#include "spec/field_table.h"
#include "spec/live_settings.h"
#include "spec/quantity.h"
#include "spec/signal_text.h"
#include "unit/spec/refused_spec.h"

namespace pgfill::test {
namespace {

using spec::Measure;
using std::chrono::milliseconds;

std::string with_throttle(std::string_view fields) {
  return "set: {a: b}\nthrottle: {" + std::string(fields) + "}";
}

Throttle throttle_of(std::string_view fields) {
  const auto spec = parse_with(with_throttle(fields));
  EXPECT_TRUE(spec) << told(spec);
  return spec ? spec->throttle : Throttle{};
}

TEST(Throttle, ReadsEveryLimitWithItsUnit) {
  const Throttle throttle = throttle_of(
      "replica_lag: 1500ms, replica_backlog: 1GiB, lock_wait: 50ms, commit_latency: 20ms, active_sessions: 60, "
      "wal_rate: 40MiB/s, wal_budget: 200GiB, checkpoints: 2/min, archive_backlog: 640MiB, slot_retention: 50GiB, "
      "oldest_xmin: 30m, xid_age: 40%, growth: 20%, disk_free: 7%, server_load: 150%, courtesy: no, autovacuum: yes");
  EXPECT_EQ(throttle.replica_lag, milliseconds{1500});
  EXPECT_EQ(throttle.replica_backlog, std::int64_t{1} << 30);
  EXPECT_EQ(throttle.lock_wait, milliseconds{50});
  EXPECT_EQ(throttle.commit_latency, milliseconds{20});
  EXPECT_EQ(throttle.active_sessions, 60);
  EXPECT_EQ(throttle.wal_rate, 40 << 20);
  EXPECT_EQ(throttle.wal_budget, std::int64_t{200} << 30);
  EXPECT_EQ(throttle.checkpoints, 2);
  EXPECT_EQ(throttle.archive_backlog, 640 << 20);
  EXPECT_EQ(throttle.slot_retention, std::int64_t{50} << 30);
  EXPECT_EQ(throttle.oldest_xmin, milliseconds{1'800'000});
  EXPECT_EQ(throttle.xid_age, 40);
  EXPECT_EQ(throttle.growth, 20);
  EXPECT_EQ(throttle.disk_free, (FreeRoom{{}, 7}));
  EXPECT_EQ(throttle.server_load, 150);
  EXPECT_FALSE(throttle.courtesy);
  EXPECT_TRUE(throttle.autovacuum);
  EXPECT_EQ(throttle_of("disk_free: 50GiB").disk_free, (FreeRoom{std::int64_t{50} << 30, {}}));
}

TEST(Throttle, TurnsASwitchWithEachWordThatPeopleWrite) {
  for (const std::string name : {"courtesy", "autovacuum"}) {
    const auto value = [&name](const Throttle& throttle) {
      return name == "courtesy" ? throttle.courtesy : throttle.autovacuum;
    };
    for (const std::string word : {"yes", "on", "true"}) {
      EXPECT_TRUE(value(throttle_of(name + ": " + word))) << name << ": " << word;
    }
    for (const std::string word : {"no", "off", "false"}) {
      EXPECT_FALSE(value(throttle_of(name + ": " + word))) << name << ": " << word;
      const auto set = spec::with_settings(*parse_with(with_throttle(name + ": yes")), {{"throttle." + name, word}});
      ASSERT_TRUE(set) << told(set);
      EXPECT_FALSE(value(set->throttle)) << name << '=' << word;
    }
  }
}

TEST(Throttle, SwitchesASignalOffByTheWord) {
  for (const spec::Field& field : spec::all_fields()) {
    if (!field.can_be_off) continue;
    const auto spec = parse_with(with_throttle(std::string(spec::leaf_of(field.path)) + ": off"));
    ASSERT_TRUE(spec) << told(spec);
    const bool off_by_default = field.default_text == "off";
    EXPECT_EQ(spec->throttle == Throttle{}, off_by_default) << field.path;
    EXPECT_NE(spec::legal_values(field).find("; or off"), std::string::npos) << field.path;
  }
}

TEST(Throttle, TheTableTellsTheDefaultsOfTheStruct) {
  for (const spec::Field& field : spec::all_fields()) {
    const bool limit = field.path.starts_with("throttle.") && field.path.find('.', 9) == std::string_view::npos;
    if (!limit || !(field.can_be_off || field.type == spec::FieldType::choice)) continue;
    const std::string written = std::string(spec::leaf_of(field.path)) + ": " + std::string(field.default_text);
    EXPECT_TRUE(throttle_of(written) == Throttle{}) << written;
  }
}

TEST(Throttle, ReadsListsAndTheWindow) {
  const Throttle throttle = throttle_of(
      "replicas: [{name: r2, connection: {host: a, port: 1}}], "
      "signals: [{name: queue, sql: \"SELECT 1, 2\", limit: 0.5, every: 2s}, {name: other, sql: SELECT 0, limit: 7}], "
      "http: [{url: \"http://freno:8111/check/a?b=c\", every: 500ms}], ignore: [queue, ddl_wait], "
      "window: {days: [mon, fri], from: \"20:00\", to: \"06:00\", zone: Europe/Berlin, outside: 20%}");
  EXPECT_EQ(throttle.replicas, (std::vector<ReplicaConnection>{{"r2", {{"host", "a"}, {"port", "1"}}}}));
  EXPECT_EQ(throttle.signals, (std::vector<SqlSignal>{{"queue", "SELECT 1, 2", 0.5, milliseconds{2000}},
                                                      {"other", "SELECT 0", 7, milliseconds{1000}}}));
  EXPECT_EQ(throttle.http, (std::vector<HttpSignal>{{"http://freno:8111/check/a?b=c", milliseconds{500}}}));
  EXPECT_EQ(throttle.ignore, (std::vector<std::string>{"queue", "ddl_wait"}));
  const TimeWindow window{{1, 5}, std::chrono::minutes{1200}, std::chrono::minutes{360}, "Europe/Berlin", 20};
  EXPECT_EQ(throttle.window, window);
}

TEST(Throttle, PointsAtWhatIsWrongWithALimit) {
  const std::string set = "set: {a: b}\nthrottle: {";
  const auto check = [&](const std::string& fields, int column, const char* underlined, const char* says,
                         ErrorCode code = ErrorCode::spec_bad_value) {
    const std::string lines = set + fields + "}";
    expect_refused({lines.c_str(), code, 5, column, underlined, says});
  };
  check("replica_lag: 1500", 25, "1500", "write 1500ms");
  check("replica_lag: 1.5s", 25, "1.5s", "whole number with its unit");
  check("replica_lag: 50ms", 25, "50ms", "100ms to 1d; or off");
  check("replica_backlog: 100", 29, "100", "write a whole number with its unit");
  check("replica_backlog: 100MB", 29, "100MB", "MiB");
  check("wal_rate: 40MiB", 22, "40MiB", "40MiB/s");
  check("growth: 20", 20, "20", "write 20%");
  check("growth: 0%", 20, "0%", "1% to 1000%");
  check("checkpoints: 4", 25, "4", "write 4/min");
  check("disk_free: 100%", 23, "100%", "a percent (5%)");
  check("active_sessions: many", 29, "many", "whole number, 1 to 100000; or off");
  check("autovacuum: maybe", 24, "maybe", "yes or no or on or off or true or false");
  check("lock_wait: ", 12, "lock_wait", "has no value");
  check("lock_wait: [1s]", 23, "[", "cannot be a list");
  check("lag: 1s", 12, "lag", "unknown field", ErrorCode::spec_unknown_field);
  check("replica_lags: 1s", 12, "replica_lags", "did you mean \"replica_lag\"?", ErrorCode::spec_unknown_field);
}

TEST(Throttle, PointsAtWhatIsWrongWithAList) {
  constexpr auto bad = ErrorCode::spec_bad_value;
  const Refused samples[] = {
      {"set: {a: b}\nthrottle:\n  ignore: replica_lag", bad, 6, 11, "replica_lag", "write a list"},
      {"set: {a: b}\nthrottle:\n  ignore: [replica_lg]", bad, 6, 12, "replica_lg", "did you mean \"replica_lag\"?"},
      {"set: {a: b}\nthrottle:\n  signals: {name: q}", bad, 6, 12, "{", "list of maps"},
      {"set: {a: b}\nthrottle:\n  signals: [{name: q, sql: x}]", ErrorCode::spec_missing_field, 6, 13, "{", "limit"},
      {"set: {a: b}\nthrottle:\n  signals: [{name: Q, sql: x, limit: 1}]", bad, 6, 20, "Q", "a-z"},
      {"set: {a: b}\nthrottle:\n  signals: [{name: http, sql: x, limit: 1}]", bad, 6, 20, "http", "of pgfill's own"},
      {"set: {a: b}\nthrottle:\n  signals: [{name: q, sql: x, limit: -1}]", bad, 6, 38, "-1", "not negative"},
      {"set: {a: b}\nthrottle:\n  signals: [{name: q, sql: x, limit: nan}]", bad, 6, 38, "nan", "not negative"},
      {"set: {a: b}\nthrottle:\n  signals: [{name: q, sql: x, limit: 1, every: 5}]", bad, 6, 48, "5", "write 5ms"},
      {"set: {a: b}\nthrottle:\n  http: [{url: \"https://h/\"}]", bad, 6, 16, "\"https://h/\"", "no TLS"},
      {"set: {a: b}\nthrottle:\n  http: [{url: freno}]", bad, 6, 16, "freno", "http://host"},
      {"set: {a: b}\nthrottle:\n  replicas: [{name: r, connection: {password: x}}]", ErrorCode::password_on_command, 6,
       37, "", "does not belong"},
      {"set: {a: b}\nthrottle:\n  window: {from: \"20:00\"}", ErrorCode::spec_missing_field, 6, 11, "{", "window.to"},
      {"set: {a: b}\nthrottle:\n  window: {from: 8pm, to: \"06:00\"}", bad, 6, 18, "8pm", "two digits each"},
      {"set: {a: b}\nthrottle:\n  window: {from: \"24:00\", to: \"06:00\"}", bad, 6, 18, "\"24:00\"", "23:59"},
      {"set: {a: b}\nthrottle:\n  window: {from: \"20:00\", to: \"06:00\", zone: Berlin}", bad, 6, 46, "Berlin",
       "IANA"},
      {"set: {a: b}\nthrottle:\n  window: {from: \"20:00\", to: \"06:00\", outside: 0.2}", bad, 6, 49, "0.2",
       "percent"},
      {"set: {a: b}\nthrottle:\n  window: {days: [monday], from: \"20:00\", to: \"06:00\"}", bad, 6, 19, "monday",
       "mon"},
  };
  for (const Refused& sample : samples) {
    if (sample.code == ErrorCode::password_on_command) {
      EXPECT_TRUE(told(parse_with(sample.lines)).find("6:37") != std::string::npos) << told(parse_with(sample.lines));
    } else {
      expect_refused(sample);
    }
  }
}

TEST(Throttle, IsWrittenAsItIsRead) {
  JobSpec spec;
  spec.job = "j";
  spec.table = "t";
  spec.set() = {{"a", "b"}};
  EXPECT_NE(to_yaml(spec).find("\n# throttle: {replica_lag: 5s, lock_wait: 100ms}"), std::string::npos);
  Throttle& throttle = spec.throttle;
  throttle.replica_lag = milliseconds{1500};
  throttle.replica_backlog.reset();
  throttle.wal_rate = 1500;
  throttle.growth = 7;
  throttle.disk_free = FreeRoom{std::int64_t{3} << 30, {}};
  throttle.courtesy = false;
  throttle.autovacuum = true;
  throttle.replicas = {{"r1", {{"host", "a b"}, {"user", "null"}}}, {"r2", {{"host", "c"}}}};
  throttle.signals = {{"q", "SELECT ': #,}]\"''\n' -- x", 1e-7, milliseconds{1500}}};
  throttle.http = {{"http://h:1/a?b=c,d", milliseconds{100}}};
  throttle.window = TimeWindow{{0, 6}, std::chrono::minutes{485}, std::chrono::minutes{1440}, "Asia/Tokyo", 100};
  throttle.ignore = {"replica_lag", "q"};
  const auto again = parse_spec(to_yaml(spec), "x.yaml");
  ASSERT_TRUE(again) << to_yaml(spec) << told(again);
  EXPECT_TRUE(again->throttle == throttle) << to_yaml(spec);
}

TEST(Throttle, IsNoPartOfWhatMakesAJob) {
  const auto plain = parse_with("set: {a: b}");
  const auto throttled = parse_with(with_throttle("replica_lag: off, ignore: [http]"));
  ASSERT_TRUE(plain && throttled);
  EXPECT_EQ(canonical_form(*plain), canonical_form(*throttled));
}

TEST(Quantity, CarriesItsUnit) {
  EXPECT_EQ(spec::parse_quantity(Measure::size, "0B"), 0);
  EXPECT_EQ(spec::parse_quantity(Measure::size, "16MiB"), 16 << 20);
  EXPECT_EQ(spec::parse_quantity(Measure::rate, "40KiB/s"), 40 << 10);
  EXPECT_EQ(spec::parse_quantity(Measure::percent, "150%"), 150);
  EXPECT_EQ(spec::parse_quantity(Measure::per_minute, "4/min"), 4);
  for (const char* text : {"", "16", "MiB", "16 MiB", "16mib", "16MB", "1.5GiB", "-1B", "+1B", "0x1B", "16MiB/s", "16%",
                           "9007199254740993B", "99999999999999999999TiB", "8589934592TiB"}) {
    EXPECT_EQ(spec::parse_quantity(Measure::size, text), std::nullopt) << text;
    EXPECT_FALSE(spec::quantity_advice(Measure::size, text).empty());
  }
  EXPECT_EQ(spec::parse_quantity(Measure::rate, "16MiB"), std::nullopt);
  EXPECT_EQ(spec::parse_quantity(Measure::percent, "20"), std::nullopt);
}

TEST(Quantity, IsWrittenAsItIsRead) {
  for (const std::int64_t bytes : {0LL, 1LL, 1023LL, 1024LL, 1536LL, 1LL << 20, 3LL << 30, 1LL << 50}) {
    EXPECT_EQ(spec::parse_quantity(Measure::size, spec::format_quantity(Measure::size, bytes)), bytes);
    EXPECT_EQ(spec::parse_quantity(Measure::rate, spec::format_quantity(Measure::rate, bytes)), bytes);
  }
  EXPECT_EQ(spec::format_quantity(Measure::size, 1536), "1536B");
  EXPECT_EQ(spec::format_quantity(Measure::rate, 40 << 20), "40MiB/s");
}

}  // namespace
}  // namespace pgfill::test
