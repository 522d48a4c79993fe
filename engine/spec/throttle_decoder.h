// Turns the map below `throttle` into limits by the field table. Whether a signal can be read, only the server knows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pgfill/throttle.h"
#include "spec/field_decoder.h"

namespace pgfill::spec {

/// Decodes one map; used once. Errors: spec_bad_value, spec_unknown_field, spec_missing_field, each with its place.
class ThrottleDecoder : private FieldDecoder {
 public:
  explicit ThrottleDecoder(const parse::SourceText& source) : FieldDecoder(source) {}

  Result<Throttle> decode(const YamlNode& throttle);

 private:
  /// A field that is there, as the decoder meets it.
  struct Found {
    const Field& field;
    const YamlNode& key;
    const YamlNode& value;
  };

  /// The field `name` of a map whose fields stand below `group`; nothing when it is missing or an error came before.
  std::optional<Found> find(const YamlNode& map, std::string_view group, std::string_view name);
  std::optional<Found> find_scalar(const YamlNode& map, std::string_view group, std::string_view name);
  void bad(const Found& found, std::string remark = {});
  bool is_off(const Found& found) const { return found.field.can_be_off && found.value.text == "off"; }
  /// The number of a quantity, by the field's type and within its range.
  std::optional<std::int64_t> quantity(const Found& found);
  /// Names known below `group`, and its required fields there.
  void check_map(const YamlNode& map, std::string_view group);
  /// The maps of a list, checked.
  std::vector<const YamlNode*> maps_at(const YamlNode& map, std::string_view group, std::string_view name);

  template <class T>
  void read_limit(const YamlNode& map, std::string_view name, std::optional<T>& limit);
  void read_limits(const YamlNode& map);
  void read_room(const YamlNode& map);
  void read_switch(const YamlNode& map, std::string_view name, bool& value);
  void read_replica(const YamlNode& map);
  void read_signal(const YamlNode& map);
  void read_http(const YamlNode& map);
  void read_window(const YamlNode& map);
  void read_days(const YamlNode& window);
  std::chrono::minutes clock_time(const YamlNode& window, std::string_view name, int latest);
  void read_ignore(const YamlNode& map);

  std::string name_at(const YamlNode& map, std::string_view group, std::vector<std::string>& taken);
  std::string text_at(const YamlNode& map, std::string_view group, std::string_view name);
  std::chrono::milliseconds every_at(const YamlNode& map, std::string_view group);

  Throttle throttle_;
  std::vector<std::string> replica_names_;
  std::vector<std::string> signal_names_;
};

/// A signal's or replica's name: 1 to 63 of a-z, 0-9 and `_`.
bool is_signal_name(std::string_view text);
/// An address HttpSignal takes.
bool is_http_url(std::string_view text);

inline constexpr std::string_view signal_name_pattern = "^[a-z0-9_]{1,63}$";
inline constexpr std::string_view http_url_pattern = R"(^http://[^\s/?#@\\:]+(:[0-9]{1,5})?([/?][^\s#\\@]*)?$)";
inline constexpr std::string_view clock_time_pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$";

}  // namespace pgfill::spec
