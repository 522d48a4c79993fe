// Cuts a byte stream of the PostgreSQL protocol, version 3, into its messages. Knows nothing of sockets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgfill::tests {

/// Types of packets that have no type byte; all other types are the protocol's letters.
inline constexpr char startup_packet = '^';
inline constexpr char encryption_request = '?';  ///< SSLRequest, GSSENCRequest
inline constexpr char cancel_request = '!';

/// One whole message as it travels.
struct WireBytes {
  char type = 0;
  std::string bytes;  ///< with type and length
  std::string_view body() const { return std::string_view(bytes).substr(type == startup_packet ? 8 : 5); }
};

/// Not thread-safe; one for each direction of a connection.
class MessageReader {
 public:
  /// `untyped`: the stream begins with packets without a type byte, as a frontend's does.
  explicit MessageReader(bool untyped) : untyped_(untyped) {}

  void append(std::string_view bytes) { waiting_.append(bytes); }
  /// The next message, when all of it is here.
  std::optional<WireBytes> next();

 private:
  std::string waiting_;
  bool untyped_;
};

/// The application_name in the body of a startup packet; empty when there is none.
std::string application_of(std::string_view startup_body);

}  // namespace pgfill::tests
