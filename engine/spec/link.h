// Links a person follows: http(s) URLs and paths. Decides by the text alone; opens nothing.
#pragma once

#include <string_view>

namespace pgfill::spec {

/// is_link as a pattern of the JSON Schema.
inline constexpr std::string_view link_pattern = R"(^(https?://[^\s/]\S*|(/|[^\s:/]+/)([^\s/]\S*)?)$)";

/// An http or https URL, or a path with a slash; no blanks. Other schemes (javascript:, file:) are refused, because the
/// link is shown to be followed.
bool is_link(std::string_view text);

}  // namespace pgfill::spec
