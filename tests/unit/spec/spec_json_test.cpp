// A spec as JSON comes from the rows of the field table: it has all of them, and reads back.
#include "spec/spec_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "spec/field_table.h"
#include "unit/spec/spec_samples.h"

namespace pgfill::test {
namespace {

using nlohmann::ordered_json;

/// As a spec leaves out what it has no value for.
ordered_json without_nulls(const ordered_json& json) {
  if (!json.is_object()) return json;
  ordered_json kept = ordered_json::object();
  for (const auto& [name, value] : json.items()) {
    if (!value.is_null()) kept[name] = without_nulls(value);
  }
  return kept;
}

void expect_reads_back(const JobSpec& spec) {
  const std::string text = without_nulls(spec::to_json(spec)).dump();
  const auto again = parse_spec(text, "again.json");
  ASSERT_TRUE(again) << text << told(again);
  EXPECT_EQ(to_yaml(*again), to_yaml(spec)) << text;
}

TEST(SpecJson, ReadsBackAsTheSpec) {
  for (const char* lines :
       {"set: {a: b}",
        "set: {a: \"x || E'\\\\n'\", '\"B c\"': NULL}\nwhere: |\n  a IS NULL\n  OR b\nalias: u\nonly: yes",
        "delete: true\nwhere: created < '2020-01-01'\nat_most: 5000\naccept_cascade: [order_items]",
        "set: {a: f(b)}\nworkers: 3\nbatch: {time: 5ms, max_rows: 70}\nbad_rows: {action: quarantine, at_most: 5}\n"
        "assume: {f: harmless}\nowner: team\nkey: [id]\nconnection: {host: db.example}\n"
        "throttle: {growth: off, wal_rate: 40MiB/s, ignore: [growth], window: {from: \"22:00\", to: \"06:00\"},\n"
        "  signals: [{name: slow, sql: \"SELECT 1\", limit: 1.5}]}"}) {
    const auto spec = parse_with(lines);
    ASSERT_TRUE(spec) << lines << told(spec);
    expect_reads_back(*spec);
  }
}

TEST(SpecJson, HasEveryFieldThatWorks) {
  const ordered_json json = spec::to_json(*parse_with("set: {a: b}"));
  for (const spec::Field& field : spec::all_fields()) {
    if (!field.works || field.path.find('.') != std::string_view::npos) continue;
    EXPECT_TRUE(json.contains(std::string(field.path))) << field.path;
  }
  EXPECT_EQ(json["batch"]["max_rows"], 50'000) << "a number is one";
  EXPECT_EQ(json["batch"]["time"], "25ms");
  EXPECT_EQ(json["workers"], "auto");
  EXPECT_TRUE(json["delete"].is_null());
  EXPECT_TRUE(json["where"].is_null());
}

}  // namespace
}  // namespace pgfill::test
