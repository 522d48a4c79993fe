// The fields bad_rows, owner and runbook: what they may not be. What they may be stands with the other fields.
#include <gtest/gtest.h>

#include <string>

#include "unit/spec/refused_spec.h"

namespace pgfill::test {
namespace {

TEST(ParseSpec, PointsAtWhatIsWrongWithBadRowsAndContacts) {
  constexpr auto bad = ErrorCode::spec_bad_value;
  const Refused samples[] = {
      {"set: {a: b}\nbad_rows: quarantine", bad, 5, 11, "quarantine", "write a map"},
      {"set: {a: b}\nbad_rows: {}", bad, 5, 11, "{", "write a map"},
      {"set: {a: b}\nbad_rows: {action: skip}", bad, 5, 20, "skip", "stop or quarantine"},
      {"set: {a: b}\nbad_rows: {action: quarantin}", bad, 5, 20, "quarantin", "did you mean \"quarantine\"?"},
      {"set: {a: b}\nbad_rows: {action: }", bad, 5, 12, "action", "has no value"},
      {"set: {a: b}\nbad_rows: {at_most: -1}", bad, 5, 21, "-1", "0 to 1000000"},
      {"set: {a: b}\nbad_rows: {at_most: 1000001}", bad, 5, 21, "1000001", "0 to 1000000"},
      {"set: {a: b}\nbad_rows: {at_most: many}", bad, 5, 21, "many", "whole number"},
      {"set: {a: b}\nbad_rows: {at_least: 1}", ErrorCode::spec_unknown_field, 5, 12, "at_least", "unknown field"},
      {"set: {a: b}\naction: stop", ErrorCode::spec_unknown_field, 5, 1, "action", "belongs below \"bad_rows\""},
      {"set: {a: b}\nowner:", bad, 5, 1, "owner", "has no value"},
      {"set: {a: b}\nowner: ' '", bad, 5, 8, "' '", "leave the field out"},
      {"set: {a: b}\nowner: [a]", bad, 5, 8, "[", "cannot be a list"},
      {"set: {a: b}\nowner: \"a\\nb\"", bad, 5, 8, "\"a\\nb\"", "one line"},
      {"set: {a: b}\nrunbook: acc-311.md", bad, 5, 10, "acc-311.md", "write ./acc-311.md"},
      {"set: {a: b}\nrunbook: javascript://x", bad, 5, 10, "javascript://x", "an http or https URL"},
      {"set: {a: b}\nrunbook: https://wiki x", bad, 5, 10, "https://wiki x", "no blanks"},
  };
  for (const Refused& sample : samples) expect_refused(sample);
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "ö";
  EXPECT_TRUE(parse_with("set: {a: b}\nowner: " + umlauts));
  const auto too_long = parse_with("set: {a: b}\nowner: " + umlauts + "x");
  EXPECT_TRUE(told(too_long).starts_with("PF1006 5:8 field \"owner\" cannot be \"öö")) << told(too_long);
}

}  // namespace
}  // namespace pgfill::test
