#include "support/wire_messages.h"

#include <algorithm>

namespace pgfill::tests {
namespace {

constexpr std::uint32_t cancel_code = 80877102;
constexpr std::uint32_t ssl_code = 80877103;
constexpr std::uint32_t gss_code = 80877104;

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

}  // namespace

std::optional<WireBytes> MessageReader::next() {
  const std::size_t prefix = untyped_ ? 0 : 1;
  if (waiting_.size() < prefix + (untyped_ ? 8 : 4)) return std::nullopt;
  const std::size_t length = prefix + number_at(waiting_, prefix);
  if (waiting_.size() < length) return std::nullopt;
  WireBytes message{waiting_.front(), waiting_.substr(0, length)};
  if (untyped_) {
    const std::uint32_t code = number_at(waiting_, 4);
    message.type = code == ssl_code || code == gss_code ? encryption_request
                   : code == cancel_code                ? cancel_request
                                                        : startup_packet;
    untyped_ = message.type == encryption_request;
  }
  waiting_.erase(0, length);
  return message;
}

std::string application_of(std::string_view startup_body) {
  std::string_view rest = startup_body;
  while (!rest.empty() && rest.front() != '\0') {
    const std::string name(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    std::string value(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(std::min(rest.size(), value.size() + 1));
    if (name == "application_name") return value;
  }
  return {};
}

}  // namespace pgfill::tests
