#include "postgres/session_name.h"

#include <array>
#include <boost/crc.hpp>
#include <charconv>

namespace pgfill::postgres {
namespace {

constexpr std::size_t longest_job = 48;
constexpr std::size_t kept = longest_job - 9;  // '~' and eight digits follow

std::string checksum(std::string_view text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  std::array<char, 8> digits{};
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), crc.checksum(), 16).ptr;
  const std::string hex(static_cast<const char*>(digits.data()), end);
  return std::string(digits.size() - hex.size(), '0') + hex;
}

}  // namespace

std::string sessions_of(std::string_view job) {
  std::string name(job);
  if (name.size() > longest_job) name = name.substr(0, kept) + '~' + checksum(job);
  return "pgfill:" + name + '/';
}

}  // namespace pgfill::postgres
