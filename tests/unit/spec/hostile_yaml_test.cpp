// Texts made to hurt or to slip past: each must be refused with a place, quickly.
#include <gtest/gtest.h>

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "unit/spec/resource_use.h"
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
  double times = 1;  ///< of the time allowed; more for SQL as long as SQL may be, whose tree is large
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
  for (int i = 0; i < 10'000; ++i) text += "  c" + std::to_string(i) + ": 1\n";
  return text;
}

/// Each expression alone is short enough.
std::string many_long_lists() {
  std::string text = "set:\n";
  for (int i = 0; i < 4; ++i) text += "  c" + std::to_string(i) + ": a IN (" + repeated("1,", 30'000) + "1)\n";
  return spec_with(text);
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
      {"an alias as value of a field", "job: &j j\n" + spec_with("set: {a: b}\nalias: *j"), ErrorCode::spec_syntax},
      {"an anchor on nothing", spec_with("set: {a: b}\nwhere: &w"), ErrorCode::spec_syntax},
      {"a tag on a key", spec_with("!!str set: {a: b}"), ErrorCode::spec_syntax},
      {"a tag on a list", spec_with("set: {a: b}\nkey: !!set [id]"), ErrorCode::spec_syntax},
      {"a tag that makes objects", spec_with("set: {a: !!python/object/apply:os.system [id]}"), ErrorCode::spec_syntax},
      {"a field given twice", spec_with("set: {a: b}\nset: {a: b}"), ErrorCode::spec_duplicate_field},
      {"a field given twice, once in quotes", spec_with("set: {a: b}\n\"job\": k"), ErrorCode::spec_duplicate_field},
      {"a field given twice, once by escapes", spec_with("set: {a: b}\n\"\\x6aob\": k"),
       ErrorCode::spec_duplicate_field},
      {"a nested field given twice", spec_with("set: {a: b}\nbatch: {time: 1s, time: 2s}"),
       ErrorCode::spec_duplicate_field},
      {"a column given twice", spec_with("set: {a: b, \"a\": c}"), ErrorCode::spec_duplicate_field},
      {"a column given twice by folding", spec_with("set: {a: b, A: c}"), ErrorCode::spec_duplicate_field},
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
      {"a mark before a field", spec_with("set: {a: b}\n\xEF\xBB\xBFwhere: c"), ErrorCode::spec_unknown_field},
      {"UTF-16 without a mark", string("v\0e\0r\0s\0", 8), ErrorCode::spec_syntax},
      {"UTF-32", string("\xFF\xFE\0\0v\0\0\0", 8), ErrorCode::spec_syntax},
      {"Latin 1", spec_with("set: {a: '\xE4'}"), ErrorCode::spec_syntax},
      {"UTF-8 cut at the end", spec_with("set: {a: b}") + "# \xE2\x82", ErrorCode::spec_syntax},
      {"a code point past the last", spec_with("set: {a: '\xF4\x90\x80\x80'}"), ErrorCode::spec_syntax},
      {"a NUL byte in a comment", spec_with("set: {a: b}") + string("# \0\n", 4), ErrorCode::spec_syntax},
      {"a NUL byte as the whole text", string("\0", 1), ErrorCode::spec_syntax},
      {"one carriage return among line feeds", spec_with("set: {a: b}\r\nwhere: c\r# d"), ErrorCode::spec_syntax},
      {"a tab behind the indentation", spec_with("set:\n  \ta: b"), ErrorCode::spec_syntax},
      {"a tab before a field", spec_with("set: {a: b}\n\twhere: c"), ErrorCode::spec_syntax},
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
      {"lists opened behind comments that seem to close them", "a:\n" + repeated(" [ #]\n", 40'000),
       ErrorCode::spec_too_large},
      {"many open lists", "a: " + repeated("[", 250'000), ErrorCode::spec_too_large},
      {"many open maps", "a: " + repeated("{", 250'000), ErrorCode::spec_too_large},
      {"many nested lists", repeated("- ", 120'000), ErrorCode::spec_too_large},
      {"many nested maps", nested_block_maps(1000), ErrorCode::spec_too_large},
      {"more fields than any table has", many_keys(), ErrorCode::spec_too_large},
      {"more than any spec needs", spec_with("set: {a: b}") + repeated("# x\n", 300'000), ErrorCode::spec_too_large},
  };
}

std::vector<Hostile> long_texts() {
  return {
      {"a huge scalar", spec_with("set: {a: '" + repeated("x", 250'000) + "'}"), ErrorCode::spec_too_large},
      {"a huge word", spec_with("set: {a: b}\n" + repeated("x", 250'000) + ": 1"), ErrorCode::spec_syntax},
      {"a list of very many values", spec_with("set: {a: b}\nkey: [" + repeated("a,", 120'000) + "a]"),
       ErrorCode::spec_too_large},
      {"a list of empty maps", spec_with("set: {a: b}\nkey: [" + repeated("{},", 80'000) + "a]"),
       ErrorCode::spec_too_large},
      {"a list of very many lines", spec_with("set: {a: b}\nkey:\n" + repeated("- a\n", 60'000)),
       ErrorCode::spec_too_large},
      {"many small maps", spec_with("set: {a: b}\nkey:\n" + repeated("- {a: b}\n", 25'000)), ErrorCode::spec_too_large},
      {"many documents", repeated("---\n", 60'000), ErrorCode::spec_syntax},
      {"many directives", repeated("%YAML 1.2\n", 25'000), ErrorCode::spec_syntax},
      {"many explicit keys", repeated("? ", 120'000), ErrorCode::spec_too_large},
      {"a name without end", spec_with("set: {a: b}\n? " + repeated("x", 250'000) + "\n: 1"),
       ErrorCode::spec_unknown_field},
      {"a choice without end", spec_with("set: {a: b}\nbound: " + repeated("x", 250'000)), ErrorCode::spec_bad_value},
      {"an owner without end", spec_with("set: {a: b}\nowner: " + repeated("x", 250'000)), ErrorCode::spec_bad_value},
      {"a connection keyword without end", spec_with("set: {a: b}\nconnection: {? " + repeated("x", 250'000) + " : 1}"),
       ErrorCode::spec_unknown_field},
      {"a column name without end", spec_with("set: {? " + repeated("x", 250'000) + " : 1}"), ErrorCode::name_too_long},
      {"a number without end", spec_with("set: {a: b}\nworkers: " + repeated("9", 250'000)), ErrorCode::spec_bad_value},
      {"a duration without end", spec_with("set: {a: b}\nbatch: {time: " + repeated("9", 250'000) + "ms}"),
       ErrorCode::spec_bad_value},
      {"a line without end with an error at its end", spec_with("set: {a: b}\n? where\n: " + repeated("a ", 120'000)),
       ErrorCode::spec_too_large},
      {"blanks without end", spec_with("set: {a: b}\nwhere: a" + repeated(" ", 250'000) + "&"),
       ErrorCode::spec_too_large},
      {"a quoted text of very many lines", spec_with("set: {a: \"" + repeated("x\n", 120'000) + "\"}"),
       ErrorCode::spec_too_large},
      {"a block of very many lines", spec_with("set:\n  a: |\n" + repeated("   x\n", 50'000)),
       ErrorCode::spec_too_large},
      {"many escapes", spec_with("set: {a: \"" + repeated("\\x41", 60'000) + "\"}"), ErrorCode::name_too_long},
      {"many comments before an error", repeated("#\n", 120'000) + "a: *b", ErrorCode::spec_syntax},
  };
}

std::vector<Hostile> long_sql() {
  return {
      {"a long list of constants",
       spec_with("set: {a: b}\nwhere: a IN (" + repeated("1,", 31'000) + "1) OR sum(b) > 1"),
       ErrorCode::sql_not_batchable, 5},
      {"many long lists of constants", many_long_lists(), ErrorCode::spec_too_large, 5},
      {"a deep expression", spec_with("set: {a: " + repeated("a + ", 16'000) + "a}"), ErrorCode::spec_too_large},
      {"deep brackets", spec_with("set: {a: " + repeated("(", 30'000) + "1" + repeated(")", 30'000) + "}"),
       ErrorCode::sql_syntax},
  };
}

std::vector<Hostile> corpus() {
  std::vector<Hostile> all = forbidden_yaml();
  for (const Hostile& sample : broken_texts()) all.push_back(sample);
  for (const Hostile& sample : costly_texts()) all.push_back(sample);
  for (const Hostile& sample : long_texts()) all.push_back(sample);
  for (const Hostile& sample : long_sql()) all.push_back(sample);
  return all;
}

TEST(HostileYaml, IsRefusedWithItsPlaceInAMoment) {
  for (const Hostile& sample : corpus()) {
    const auto result = parse_spec(sample.text, "x.yaml");
    ASSERT_FALSE(result) << sample.what;
    EXPECT_EQ(result.error().code, sample.code) << sample.what << '\n' << told(result);
    EXPECT_GE(result.error().place.line, 1) << sample.what;
    EXPECT_GE(result.error().place.column, 1) << sample.what;
    EXPECT_FALSE(result.error().hint.empty()) << sample.what;
    const auto parse = [&] { static_cast<void>(parse_spec(sample.text, "x.yaml")); };
    EXPECT_LT(least_seconds(parse, sample.times * most_seconds), sample.times * most_seconds) << sample.what;
  }
}

TEST(HostileYaml, CostsLittleMemory) {
  for (const Hostile& sample : corpus()) {
    EXPECT_TRUE(succeeds_within(most_bytes, [&] {
      const auto result = parse_spec(sample.text, "x.yaml");
      return !result && result.error().code == sample.code;
    })) << sample.what;
  }
  // The bound is one.
  EXPECT_FALSE(succeeds_within(most_bytes, [] { return gets_memory(most_bytes + 1); }));
}

TEST(HostileYaml, OfAnySizeIsRefusedByWhatIsReadOfIt) {
  std::string path = std::filesystem::temp_directory_path() / "pgfill_huge_XXXXXX";
  const int descriptor = mkstemp(path.data());
  ASSERT_GE(descriptor, 0);
  ASSERT_EQ(ftruncate(descriptor, off_t{1} << 30), 0);
  close(descriptor);
  for (const std::string& huge : {path, std::string("/dev/zero")}) {
    const auto result = load_spec(huge);
    const auto load = [&] { static_cast<void>(load_spec(huge)); };
    EXPECT_LT(least_seconds(load, most_seconds), most_seconds) << huge;
    ASSERT_FALSE(result) << huge;
    EXPECT_EQ(result.error().code, ErrorCode::spec_too_large) << huge;
    EXPECT_EQ(result.error().place.file, huge);
    EXPECT_GE(result.error().place.line, 1);
    EXPECT_TRUE(succeeds_within(most_bytes, [&] { return load_spec(huge).error().code == ErrorCode::spec_too_large; }));
  }
  std::remove(path.c_str());
}

TEST(HostileYaml, IsNotWhatOrdinaryEditorsWrite) {
  const std::string spec = spec_with("set: {a: b}\nwhere: a = 'x'\t-- y");
  std::string dos;
  for (const char c : spec) dos += c == '\n' ? std::string("\r\n") : std::string(1, c);
  for (const std::string& text : {spec, dos, "\xEF\xBB\xBF" + spec, "\xEF\xBB\xBF" + dos, spec + "\n\n  \n",
                                  spec + "# " + repeated("x", 250'000), spec.substr(0, spec.size() - 1)}) {
    const auto result = parse_spec(text, "x.yaml");
    EXPECT_TRUE(result) << told(result);
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
