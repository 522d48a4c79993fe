// Keys as numbers on a scale, for keys that the server orders as such: how far one is from another, and which one is so
// much further on. Only guesses come of it; where rows lie is for the server to say. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pgfill::work {

/// Immutable; a value.
class KeyScale {
 public:
  /// For the type of a key as the server spells it; empty: it has no scale (integers and uuid have).
  static std::optional<KeyScale> of(std::string_view type);

  /// From a key up to another, in units of the scale; 0 or more. Empty: one is no key of this type.
  std::optional<double> distance(std::string_view from, std::string_view to) const;
  /// The key that far beyond, but none beyond `last` (empty: the end of the scale). Empty: one is no key of this type.
  std::optional<std::string> beyond(std::string_view from, double distance,
                                    const std::optional<std::string>& last) const;

 private:
  __extension__ using Number = unsigned __int128;  ///< integers are shifted, so that none is below 0

  KeyScale(bool uuid, Number first, Number last) : uuid_(uuid), first_(first), last_(last) {}
  std::optional<Number> number_of(std::string_view key) const;
  std::string key_of(Number number) const;

  bool uuid_;
  Number first_;
  Number last_;
};

}  // namespace pgfill::work
