// The texts that only the fields of `throttle` hold: names of signals, addresses, times of day. Decides by the text
// alone; asks nobody.
#pragma once

#include <array>
#include <string_view>

namespace pgfill::spec {

inline constexpr std::array<const char*, 7> weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/// A signal's or replica's name: 1 to 63 of a-z, 0-9 and `_`.
bool is_signal_name(std::string_view text);
/// An address HttpSignal takes.
bool is_http_url(std::string_view text);
bool all_digits(std::string_view text);

inline constexpr std::string_view signal_name_pattern = "^[a-z0-9_]{1,63}$";
inline constexpr std::string_view http_url_pattern = R"(^http://[^\s/?#@\\:]+(:[0-9]{1,5})?([/?][^\s#\\@]*)?$)";
inline constexpr std::string_view clock_time_pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$";

}  // namespace pgfill::spec
