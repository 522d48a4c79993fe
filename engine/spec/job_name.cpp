#include "spec/job_name.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "parse/sql_name.h"

namespace pgfill::spec {

namespace {

constexpr std::size_t longest = 63;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// FNV-1a, 32 bits (Fowler, Noll, Vo): not for secrecy, only to tell two long names apart.
std::string hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 16777619U;
  }
  std::array<char, 9> digits{};
  std::snprintf(digits.data(), digits.size(), "%08x", hash);
  return digits.data();
}

}  // namespace

bool is_job_name(std::string_view text) {
  if (text.empty() || text.size() > longest) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; });
}

std::string make_job_name(std::string_view table, const std::vector<std::string>& columns) {
  std::string whole = parse::fold_case(table);
  for (const std::string& column : columns) whole += '-' + parse::fold_case(column);
  std::string name;
  bool lost = false;
  for (const char c : whole) {
    if (is_letter_or_digit(c)) {
      name += c;
      continue;
    }
    lost = lost || (c != '-' && c != '_');
    if (!name.empty() && name.back() != '-') name += '-';
  }
  while (name.ends_with('-')) name.pop_back();
  if (!lost && !name.empty() && name.size() <= longest) return name;
  const std::string hash = hash_of(whole);
  if (name.empty()) return "job-" + hash;
  name.resize(std::min(name.size(), longest - hash.size() - 1));
  while (name.ends_with('-')) name.pop_back();
  return name + '-' + hash;
}

}  // namespace pgfill::spec
