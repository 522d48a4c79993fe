// A spec with one mistake, and the place and the words of the error that must point at it.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "unit/spec/spec_samples.h"

namespace pgfill::test {

struct Refused {
  const char* lines;
  ErrorCode code;
  int line;
  int column;
  const char* underlined;
  const char* says;  ///< part of message, remark and hint together
};

inline std::string all_words(const Error& error) {
  return error.message + " | " + error.remark + " | " + error.hint;
}

inline void expect_refused(const Refused& sample) {
  const auto result = parse_with(sample.lines);
  ASSERT_FALSE(result) << sample.lines;
  const Error& error = result.error();
  EXPECT_EQ(error.code, sample.code) << sample.lines << '\n' << all_words(error);
  EXPECT_EQ(error.place.file, "x.yaml");
  EXPECT_EQ(error.place.line, sample.line) << sample.lines << '\n' << error.message;
  EXPECT_EQ(error.place.column, sample.column) << sample.lines << '\n' << error.message;
  EXPECT_NE(all_words(error).find(sample.says), std::string::npos) << sample.lines << '\n' << all_words(error);
  EXPECT_FALSE(error.hint.empty()) << sample.lines;
  const auto from = static_cast<std::size_t>(error.place.column - 1);
  ASSERT_LE(from, error.place.line_text.size());
  EXPECT_EQ(error.place.line_text.substr(from, static_cast<std::size_t>(error.place.length)), sample.underlined);
}

}  // namespace pgfill::test
