// Texts made to hurt or to slip past: each must be refused with a place, quickly.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "unit/spec/spec_samples.h"

namespace pgfill::test {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

struct Hostile {
  const char* what;
  std::string text;
  ErrorCode code;
};

std::string billion_laughs() {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + repeated(", " + before, 8) + "]\n";
  }
  return text;
}

std::string nested_block_maps(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  return text;
}

std::string many_keys() {
  std::string text = "set:\n";
  for (int i = 0; i < 60'000; ++i) text += "  c" + std::to_string(i) + ": 1\n";
  return text;
}

std::vector<Hostile> forbidden_yaml() {
  return {
      {"aliases that expand a billion times", billion_laughs(), ErrorCode::spec_syntax},
      {"an anchor on a map", spec_with("set: &s {a: b}"), ErrorCode::spec_syntax},
      {"an alias to nothing", spec_with("set: {a: *b}"), ErrorCode::spec_syntax},
      {"a merge key", spec_with("<<: {a: b}"), ErrorCode::spec_syntax},
      {"a nested merge key", spec_with("set:\n  <<: {a: b}\n  a: b"), ErrorCode::spec_syntax},
      {"a tag on a scalar", spec_with("set: {a: !!str b}"), ErrorCode::spec_syntax},
      {"a tag on a map", spec_with("set: !!map {a: b}"), ErrorCode::spec_syntax},
      {"a local tag", spec_with("set: {a: !env HOME}"), ErrorCode::spec_syntax},
      {"a tag directive", "%TAG ! tag:x,2000:\n---\n" + spec_with("set: {a: !b c}"), ErrorCode::spec_syntax},
      {"a list as key", spec_with("? [a]\n: b"), ErrorCode::spec_syntax},
      {"an empty key", spec_with(": b"), ErrorCode::spec_syntax},
  };
}

std::vector<Hostile> broken_texts() {
  using std::string;
  return {
      {"two documents", spec_with("set: {a: b}") + "---\n" + spec_with("set: {a: b}"), ErrorCode::spec_syntax},
      {"a list", "- version: 1\n", ErrorCode::spec_syntax},
      {"one word", "version", ErrorCode::spec_syntax},
      {"nothing", "", ErrorCode::spec_syntax},
      {"only comments", "# version: 1\n\n", ErrorCode::spec_syntax},
      {"a mark and nothing else", "\xEF\xBB\xBF", ErrorCode::spec_syntax},
      {"UTF-16", string("\xFF\xFEv\0e\0r\0", 8), ErrorCode::spec_syntax},
      {"a NUL byte", spec_with(string("set: {a: b\0}", 12)), ErrorCode::spec_syntax},
      {"a NUL escape", spec_with("set: {a: \"b\\0\"}"), ErrorCode::spec_syntax},
      {"a terminal escape", spec_with("set: {a: '\x1b[2J'}"), ErrorCode::spec_syntax},
      {"an escaped terminal escape", spec_with("set: {a: \"\\e[2J\"}"), ErrorCode::spec_syntax},
      {"a C1 control", spec_with("set: {a: '\xC2\x9B'}"), ErrorCode::spec_syntax},
      {"broken UTF-8", spec_with("set: {a: \xC3}"), ErrorCode::spec_syntax},
      {"overlong UTF-8", spec_with("set: {a: '\xC0\xAF'}"), ErrorCode::spec_syntax},
      {"a surrogate", spec_with("set: {a: '\xED\xA0\x80'}"), ErrorCode::spec_syntax},
      {"lone carriage returns", "version: 1\rjob: j\rtable: t\rset: {a: b}\r", ErrorCode::spec_syntax},
      {"a tab for indentation", spec_with("set:\n\ta: b"), ErrorCode::spec_syntax},
      {"a quote that never ends", spec_with("set: {a: b}\nwhere: \"x"), ErrorCode::spec_syntax},
      {"a single quote that never ends", spec_with("set: {a: b}\nwhere: 'x''"), ErrorCode::spec_syntax},
      {"a bracket that never ends", spec_with("set: {a: b"), ErrorCode::spec_syntax},
      {"a colon inside a plain value", spec_with("set: {a: b}\nwhere: a = 'x: y'"), ErrorCode::spec_syntax},
      {"bad indentation", "version: 1\n job: j\n", ErrorCode::spec_syntax},
  };
}

std::vector<Hostile> costly_texts() {
  return {
      {"a million open lists", "a: " + repeated("[", 900'000), ErrorCode::spec_too_large},
      {"a million open maps", "a: " + repeated("{", 900'000), ErrorCode::spec_too_large},
      {"many nested lists", repeated("- ", 400'000), ErrorCode::spec_too_large},
      {"many nested maps", nested_block_maps(1000), ErrorCode::spec_too_large},
      {"more fields than any table has", many_keys(), ErrorCode::spec_too_large},
      {"more than a megabyte", spec_with("set: {a: b}") + repeated("# x\n", 300'000), ErrorCode::spec_too_large},
      {"a huge scalar", spec_with("set: {a: '" + repeated("x", 900'000) + "'}"), ErrorCode::spec_too_large},
      {"a huge word", spec_with("set: {a: b}\n" + repeated("x", 900'000) + ": 1"), ErrorCode::spec_syntax},
      {"a deep expression", spec_with("set: {a: " + repeated("a + ", 16'000) + "a}"), ErrorCode::spec_too_large},
      {"deep brackets", spec_with("set: {a: " + repeated("(", 30'000) + "1" + repeated(")", 30'000) + "}"),
       ErrorCode::sql_syntax},
  };
}

std::vector<Hostile> corpus() {
  std::vector<Hostile> all = forbidden_yaml();
  for (const Hostile& sample : broken_texts()) all.push_back(sample);
  for (const Hostile& sample : costly_texts()) all.push_back(sample);
  return all;
}

TEST(HostileYaml, IsRefusedWithItsPlace) {
  for (const Hostile& sample : corpus()) {
    const auto begin = std::chrono::steady_clock::now();
    const auto result = parse_spec(sample.text, "x.yaml");
    const auto took = std::chrono::steady_clock::now() - begin;
    ASSERT_FALSE(result) << sample.what;
    EXPECT_EQ(result.error().code, sample.code) << sample.what << '\n' << told(result);
    EXPECT_GE(result.error().place.line, 1) << sample.what;
    EXPECT_GE(result.error().place.column, 1) << sample.what;
    EXPECT_FALSE(result.error().hint.empty()) << sample.what;
    // Far above what any takes; a text that costs quadratic time would take minutes.
    EXPECT_LT(took, std::chrono::seconds{20}) << sample.what;
  }
}

TEST(HostileYaml, ControlCharactersNeverReachAMessage) {
  for (const Hostile& sample : corpus()) {
    const auto result = parse_spec(sample.text, "x.yaml");
    ASSERT_FALSE(result) << sample.what;
    const Error& error = result.error();
    for (const std::string& text : {error.message, error.remark, error.hint, error.place.line_text}) {
      for (const char c : text) EXPECT_FALSE((c >= 0 && c < ' ' && c != '\t') || c == 0x7F) << sample.what;
    }
    EXPECT_LE(error.message.size(), 400U) << sample.what;
  }
}

TEST(HostileYaml, RandomDamageNeverDoesMoreThanFail) {
  const std::string whole = spec_with(
      "set: {a: 'b || ''x''', \"\\\"C d\\\"\": (SELECT max(x) FROM o WHERE o.id = t.id)}\nwhere: |-\n  a IS NULL\n"
      "  AND b > 3\nkey: [id, b2]\nbatch: {time: 200ms, max_rows: 10}\nconnection: {host: h}");
  constexpr std::string_view signs = ":{}[]\"'|>-#&*!%@`?, \n\t\r\\()/;$~<=aA0.\xC3\x80\xFF";
  std::mt19937 random(20240229);
  int accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = whole;
    for (unsigned edits = 1 + random() % 3; edits > 0; --edits) {
      const std::size_t at = random() % text.size();
      const char sign = signs[random() % signs.size()];
      if (random() % 3 == 0)
        text.erase(at, 1 + random() % 5);
      else if (random() % 2 == 0)
        text.insert(at, 1, sign);
      else
        text[at] = sign;
    }
    const auto result = parse_spec(text, "x.yaml");
    if (!result) {
      EXPECT_GE(result.error().place.line, 1) << text;
      EXPECT_FALSE(result.error().message.empty()) << text;
      continue;
    }
    ++accepted;
    const auto again = parse_spec(to_yaml(*result), "y.yaml");
    ASSERT_TRUE(again) << text << '\n' << to_yaml(*result) << again.error().message;
    EXPECT_EQ(every_field(*again), every_field(*result)) << text;
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace pgfill::test
